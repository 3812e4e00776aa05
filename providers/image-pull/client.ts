import type Dockerode from "dockerode";
import type { SpreadOutcome } from "../../model/image-spread";
import { engineStatus, withEngine } from "../transport/engine";
import { isTransportError, messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { pullImage } from "./pull-image";

/** An account of a registry. */
export interface RegistryAuth {
  readonly username: string;
  /** Secret. */
  readonly password: string;
}

/** Hosts that pull at the same time. */
const PARALLEL = 4;
const PULL_SECONDS = 600;
const LOOK_SECONDS = 20;

/** Brings the image onto all hosts, some at a time; never throws for a host. */
export async function spreadImage(
  hosts: readonly HostAccess[],
  reference: string,
  auth: RegistryAuth | undefined,
): Promise<SpreadOutcome[]> {
  return await inParallel(hosts, async (host) => {
    try {
      await withEngine(
        host,
        async (docker, signal) => {
          if (await hasImage(docker, reference)) return;
          const [serveraddress = ""] = reference.split("/");
          const account = auth === undefined ? undefined : { ...auth, serveraddress };
          await pullImage(docker, reference, account, signal);
          if (!(await hasImage(docker, reference)))
            throw new Error("the image is not there after the pull");
        },
        { deadlineSeconds: PULL_SECONDS },
      );
      return { host: host.name, kind: "present" };
    } catch (error) {
      return describeFailure(host, error, auth);
    }
  });
}

/** Names of the hosts that answer and do not have the image. */
export async function hostsWithout(
  hosts: readonly HostAccess[],
  reference: string,
): Promise<string[]> {
  const lacking = await inParallel(hosts, (host) =>
    withEngine(host, async (docker) => ((await hasImage(docker, reference)) ? [] : [host.name]), {
      deadlineSeconds: LOOK_SECONDS,
    }).catch(() => []),
  );
  return lacking.flat();
}

/** Removes the image from the hosts where nothing uses it; whatever prevents that is no failure. */
export async function removeUnused(hosts: readonly HostAccess[], reference: string): Promise<void> {
  await inParallel(hosts, (host) =>
    withEngine(
      host,
      (docker) =>
        docker
          .getImage(reference)
          .remove()
          .then(() => undefined),
      {
        deadlineSeconds: LOOK_SECONDS,
        dialSeconds: 5,
      },
    ).catch(() => undefined),
  );
}

async function hasImage(docker: Dockerode, reference: string): Promise<boolean> {
  try {
    await docker.getImage(reference).inspect();
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}

function describeFailure(
  host: HostAccess,
  error: unknown,
  auth: RegistryAuth | undefined,
): SpreadOutcome {
  const reason = messageOf(error);
  // A host whose key or engine is wrong answers, and someone must see to it.
  if (isTransportError(error, "unreachable", "lost", "deadline")) {
    return { host: host.name, kind: "unreachable", reason };
  }
  const password = auth?.password ?? "";
  return {
    host: host.name,
    kind: "failed",
    reason: password === "" ? reason : reason.replaceAll(password, "[secret]"),
  };
}

/** `work` for every host, a few at a time, in the order of the hosts. */
async function inParallel<T>(
  hosts: readonly HostAccess[],
  work: (host: HostAccess) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < hosts.length; index = next++) {
      const host = hosts[index];
      if (host !== undefined) results[index] = await work(host);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, hosts.length) }, worker));
  return results;
}
