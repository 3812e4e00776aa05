import { reportProgress } from "../progress/progress-line";
import { sleep } from "../transport/deadline";
import { messageOf } from "../transport/errors";
import { runChecked } from "../transport/command";
import type { HostAccess } from "../transport/host-access";

/** The site's own registry, a systemd unit on its host. */
export interface RegistryUnit {
  readonly host: HostAccess;
  /** e.g. `hive-registry.service`. */
  readonly unit: string;
}

/** How long a registry may take to answer after its start, seconds. */
const startSeconds = 30;

/**
 * Runs `work`. When it fails because nothing listens at the address of the site's registry, hive
 * starts the registry on its host and runs the work again until the registry answers. So a run
 * repairs a stopped registry.
 *
 * @param registry - undefined: the work does not use the site's registry, and runs once.
 * @param work - may be run several times.
 * @throws what `work` throws; when the registry cannot be started, that error with the reason
 *   behind it.
 */
export async function withRegistryRunning<T>(
  registry: RegistryUnit | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (registry === undefined || !isRefused(error)) throw error;
    await start(registry, error);
    return await untilAnswered(work);
  }
}

async function start({ host, unit }: RegistryUnit, cause: unknown): Promise<void> {
  reportProgress(`registry: does not answer; starting it on ${host.name}`);
  try {
    await runChecked(host, `sudo systemctl start ${unit}`, {
      deadlineSeconds: 90,
      dialSeconds: 5,
    });
  } catch (error) {
    throw new Error(
      `${messageOf(cause)}\nThe site's registry does not answer and could not be started: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

async function untilAnswered<T>(work: () => Promise<T>): Promise<T> {
  const end = Date.now() + startSeconds * 1000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isRefused(error) || Date.now() > end) throw error;
      await sleep(1000);
    }
  }
}

/** A Docker Engine reports only as text that nothing listens at a registry's address. */
function isRefused(error: unknown): boolean {
  return /dial tcp [^ ]+: connect: connection refused/.test(messageOf(error));
}
