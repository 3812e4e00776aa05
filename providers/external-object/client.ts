import type Dockerode from "dockerode";

import { onEveryHost, hostFailure } from "../every-host";
import { engineStatus, withEngine } from "../transport/engine";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";

/** The object to look for, as it comes over the wire. */
export interface ExternalObjectInputs {
  readonly kind: "network" | "volume" | "secret" | "config";
  readonly name: string;
  readonly hosts: readonly HostAccess[];
  readonly revision: string;
}

/** What was found. */
export interface FoundObject {
  readonly objectId: string;
  readonly objectName: string;
  readonly driver: string;
}

/**
 * The error for a missing object. Its message names the object, the places that were searched, and
 * the command that creates it. No class: a class that extends one of JavaScript's own cannot be
 * serialized.
 */
function missingObject(message: string): Error {
  return Object.assign(new Error(message), { isMissingObject: true });
}

/** Whether an error says that an object is missing. */
export function isMissingObject(error: unknown): boolean {
  return error instanceof Error && "isMissingObject" in error;
}

/**
 * Limit for the look-up on one host, seconds: a manager whose Swarm has no leader answers after 20
 * s.
 */
const lookSeconds = 40;
const dialSeconds = 5;

/**
 * Looks for the object.
 *
 * @throws Error, for which {@link isMissingObject} is true, when it is missing, or when a volume is
 *   missing on a host that answers
 */
export async function findObject(inputs: ExternalObjectInputs): Promise<FoundObject> {
  if (inputs.kind === "volume") return await findVolume(inputs);
  const { kind, name, hosts } = inputs;
  const found = await withAnyManager(hosts, (docker) => findInSwarm(docker, kind, name), {
    repeatable: true,
  });
  if (found !== undefined) return found;
  throw missingObject(
    `The site uses the ${kind} '${name}' of the Swarm (external), but the managers ` +
      `(${hosts.map((host) => host.name).join(", ")}) do not have it. Create it on one of them, then run again: ` +
      {
        network: `docker network create --driver overlay --attachable ${name}`,
        secret: `docker secret create ${name} - (the value through standard input)`,
        config: `docker config create ${name} <file>`,
      }[kind],
  );
}

/** Names are compared here, because the Docker Engine's filter also matches their beginnings. */
async function findInSwarm(
  docker: Dockerode,
  kind: Exclude<ExternalObjectInputs["kind"], "volume">,
  name: string,
): Promise<FoundObject | undefined> {
  if (kind === "network") {
    const filters = JSON.stringify({ scope: ["swarm"], name: [name] });
    const networks = (await docker.listNetworks({ filters })) as readonly {
      readonly Id: string;
      readonly Name: string;
      readonly Driver: string;
    }[];
    const network = networks.find(({ Name }) => Name === name);
    return network && { objectId: network.Id, objectName: name, driver: network.Driver };
  }
  const filters = JSON.stringify({ name: [name] });
  const objects = (await (kind === "secret"
    ? docker.listSecrets({ filters })
    : docker.listConfigs({ filters }))) as readonly {
    readonly ID: string;
    readonly Spec?: { readonly Name?: string };
  }[];
  const object = objects.find(({ Spec }) => Spec?.Name === name);
  return object && { objectId: object.ID, objectName: name, driver: "" };
}

async function findVolume({ name, hosts }: ExternalObjectInputs): Promise<FoundObject> {
  const looks = await onEveryHost(hosts, async (host) => {
    try {
      const driver = await withEngine(host, (docker) => volumeDriver(docker, name), {
        deadlineSeconds: lookSeconds,
        dialSeconds,
      });
      return { host: host.name, driver };
    } catch (error) {
      const failure = hostFailure(host, error);
      if (failure.kind === "failed") throw error;
      return { host: host.name, away: failure.reason };
    }
  });
  const missing = looks.flatMap((look) =>
    "driver" in look && look.driver === undefined ? [look.host] : [],
  );
  if (missing.length > 0) {
    throw missingObject(
      `The site uses the volume '${name}' (external), but the Docker Engine of ${missing.join(", ")} ` +
        `does not have it. Every server that may run a service with this volume needs it. Create it there, then run again: ` +
        `docker volume create ${name}; or use placement.constraints to keep the service on servers that have it`,
    );
  }
  const drivers = new Set(looks.flatMap(({ driver }) => (driver === undefined ? [] : [driver])));
  const [driver, other] = drivers;
  if (driver === undefined) {
    throw new Error(
      `Could not check whether the volume '${name}' exists: ${looks.map(({ host, away }) => `${host}: ${away ?? ""}`).join("; ")}`,
    );
  }
  if (other !== undefined) {
    throw new Error(
      `The volume '${name}' has the driver ${driver} on some servers and ${other} on others; a service can name only one. Recreate it with the same driver everywhere.`,
    );
  }
  return { objectId: name, objectName: name, driver };
}

async function volumeDriver(docker: Dockerode, name: string): Promise<string | undefined> {
  try {
    return (await docker.getVolume(name).inspect()).Driver;
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}
