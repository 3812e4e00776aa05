import type { Service } from "../inventory";
import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { forEachService } from "./rule";

/** Attributes that a job cannot have, with the reasons. */
const pointless: readonly {
  readonly path: readonly PropertyKey[];
  readonly given: (service: Service) => boolean;
  readonly message: string;
  readonly remedy: string;
}[] = [
  {
    path: ["ports"],
    given: ({ ports }) => ports !== undefined && ports.length > 0,
    message: "a job does not accept connections: its task ends",
    remedy: "remove them, or write mode: { replicas: 1 }",
  },
  {
    path: ["routes"],
    given: ({ routes }) => routes !== undefined && routes.length > 0,
    message: "a job does not accept connections: its task ends",
    remedy: "remove them, or write mode: { replicas: 1 }",
  },
  {
    path: ["update"],
    given: ({ update }) => update !== undefined,
    message: "a job is not rolled out: a change runs it",
    remedy: "remove it",
  },
  {
    path: ["rollback"],
    given: ({ rollback }) => rollback !== undefined,
    message: "a job is not rolled back: it has run",
    remedy: "remove it",
  },
  {
    path: ["initialize"],
    given: ({ initialize }) => initialize !== undefined && initialize.length > 0,
    message: "there is no task in which a step could run: a job's task ends",
    remedy:
      "let the job's own command do it, or put the steps into the service that holds the data",
  },
  {
    path: ["backups"],
    given: ({ backups }) => backups !== undefined && backups.length > 0,
    message: "there is no task in which a backup could run: a job's task ends",
    remedy: "put the backup into the service that holds the data",
  },
  {
    path: ["restart", "condition"],
    given: ({ restart }) => restart?.condition === "any",
    message: "a job that restarts whenever it ends never finishes",
    remedy: "remove it; mode.job.retries is the number of retries of a failed task",
  },
  {
    path: ["restart", "condition"],
    given: ({ restart }) => restart?.condition === "on-failure" || restart?.condition === "none",
    message: "follows from mode.job.retries for a job",
    remedy: "remove it, and write the number of retries as mode.job.retries",
  },
  {
    path: ["restart", "maxAttempts"],
    given: ({ restart }) => restart?.maxAttempts !== undefined,
    message: "follows from mode.job.retries for a job",
    remedy: "remove it, and write the number of retries as mode.job.retries",
  },
];

/** A job has no attribute that needs a permanent task. */
export const jobProblems = forEachService(({ name, service, plan }): readonly Problem[] =>
  plan.mode.kind !== "job"
    ? []
    : pointless
        .filter(({ given }) => given(service))
        .map(({ path, message, remedy }) => ({ path: servicePath(name, path), message, remedy })),
);
