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
  /** Also when it looks as wanted. */
  readonly force: boolean;
  /** What the service had given to others when it was looked at, see `whatItGave`. */
  readonly gave: string | undefined;
  /** How long a run of a scheduled job is waited for. */
  readonly deadlineSeconds: number;
}

const pollMs = 1000;
/**
 * The orchestrator makes the task of a run within this time; a run without one after it has lost it
 * with its host.
 */
const startMs = 5000;

/**
 * Changes a service, after the run of a scheduled job has ended if one goes on. Each attempt is a
 * call of its own.
 *
 * @returns the ids of the tasks that there were before; undefined if there was nothing to change;
 *   `overtaken` if the service gave something to another one meanwhile, so that it has to be looked
 *   at again: nothing was changed then
 * @throws Error if a run does not end in time; then nothing was changed
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
    report(`${spec.name}: a run of the job goes on; the change waits for its end`);
    if (Date.now() - begin > deadlineSeconds * 1000) {
      throw new Error(
        `The job '${spec.name}' was not changed: a run of it goes on, and did not end within ${deadlineSeconds} s. ` +
          "A change would end it half-way. Run again when it has ended; if it hangs, remove the job on a manager " +
          `(docker service rm ${spec.name}), and the next run with --refresh makes it anew.`,
      );
    }
    await sleep(pollMs);
  }
}
