import type { ServiceSpec } from "../../model/service/spec";
import { progressReporter } from "../progress/progress-line";
import type { RegistryAuth } from "../registry/registry-auth";
import { sleep } from "../transport/deadline";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { updateService } from "./client";

/** How a service is changed. */
export interface ChangeOptions {
  readonly auth: RegistryAuth | undefined;
  /** Changes the service even if it is in the wanted state. */
  readonly force: boolean;
  /** Things that the service had given up to others when it was read, see `whatItGave`. */
  readonly gave: string | undefined;
  /** How long to wait for the end of a scheduled job's run. */
  readonly deadlineSeconds: number;
}

const pollMs = 1000;
/**
 * The orchestrator creates the task of a run within this time; after it, a run without a task has
 * lost it with its host.
 */
const startMs = 5000;

/**
 * Changes a service. If a run of a scheduled job is going on, it waits for the end of that run.
 * Each attempt is a call of its own.
 *
 * @returns the ids of the tasks before the change; undefined if there was nothing to change;
 *   `overtaken` if the service gave something up to another one meanwhile: then nothing was
 *   changed, and it has to be read again
 * @throws Error if a run does not end in time; nothing was changed then
 */
export async function changeService(
  managers: readonly HostAccess[],
  id: string,
  spec: ServiceSpec,
  { auth, force, gave, deadlineSeconds }: ChangeOptions,
): Promise<ReadonlySet<string> | "overtaken" | undefined> {
  const begin = Date.now();
  const report = progressReporter();
  for (;;) {
    const mayStart = Date.now() - begin > startMs;
    const outcome = await withAnyManager(managers, (docker) =>
      updateService(docker, id, spec, auth, { force, mayStart, gave }),
    );
    if (outcome.kind === "changed") return outcome.before;
    if (outcome.kind === "unchanged") return undefined;
    if (outcome.kind === "overtaken") return outcome.kind;
    report(`${spec.name}: a run of the job is going on; the change waits for its end`);
    if (Date.now() - begin > deadlineSeconds * 1000) {
      throw new Error(
        `The job '${spec.name}' was not changed: a run of it is going on, and did not end within ${deadlineSeconds} s. ` +
          "A change would kill it. Run again when it has ended. If it hangs, remove the job on a manager " +
          `(docker service rm ${spec.name}); the next run with --refresh recreates it.`,
      );
    }
    await sleep(pollMs);
  }
}
