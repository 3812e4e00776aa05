import { randomBytes } from "node:crypto";

import type Dockerode from "dockerode";

import type { EngineSwarmObject } from "../../model/engine-api/swarm-object";
import type { Versioned } from "../../model/engine-api/versioned";
import { siteLabel } from "../../model/swarm/labels";
import { describeOwner, nameLabel } from "../../model/swarm/owner";
import { removeWhenUnused } from "../removal";
import { askWithRetries } from "../transport/ask-with-retries";
import { engineStatus } from "../transport/engine";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { reportWarning } from "../progress/progress-line";

/**
 * The two kinds of content that a Swarm gives to tasks. They differ in who may read them, not in
 * how they are stored.
 */
export type SwarmObjectKind = "secret" | "config";

/** A wanted secret or config. */
export interface SwarmObject {
  readonly kind: SwarmObjectKind;
  readonly site: string;
  /** Name in the site. */
  readonly name: string;
  /** Name in the Swarm; follows from the content. */
  readonly objectName: string;
  readonly content: string;
  readonly template: boolean;
}

/** An object that exists. */
export interface ObjectOwner {
  readonly id: string;
  /**
   * Identifies the owning resource. When a value is changed and changed back, one object belongs to
   * two resources in turn. The deletion of the older resource must leave the object alone.
   */
  readonly holder: string;
}

/** Label with {@link ObjectOwner.holder}. */
const holderLabel = "hive.holder";

/** How long services may take to release a removed object, seconds. */
const releaseSeconds = 5;

/** A secret or config with the version number that a change has to give. */
type ListedObject = EngineSwarmObject & Versioned;

/**
 * Finds the site's object of this name, or creates it. Earlier unused objects of the site with this
 * name are removed.
 *
 * @throws Error when an object of this name exists that is not the site's
 */
export async function ensureObject(
  managers: readonly HostAccess[],
  object: SwarmObject,
): Promise<ObjectOwner> {
  return await withAnyManager(
    managers,
    async (docker) => {
      const listed = await listObjects(docker, object.kind);
      const holder = randomBytes(6).toString("hex");
      const found = listed.find(({ Spec }) => Spec.Name === object.objectName);
      const id =
        found === undefined
          ? await createObject(docker, object, holder)
          : await takeOver(docker, object, found, holder);
      for (const { ID, Spec } of listed) {
        // No computed key in a destructuring pattern: the serializer of dynamic providers does not
        // see its captured variables.
        const labels = Spec.Labels ?? {};
        const own = labels[siteLabel] === object.site && labels[nameLabel] === object.name;
        if (ID !== id && own) {
          await removeWhenUnused(() => handle(docker, object.kind, ID).remove(), 0);
        }
      }
      return { id, holder };
    },
    { repeatable: true },
  );
}

/** Whether the object exists; undefined, with a warning, when no manager could be asked. */
export async function objectExists(
  managers: readonly HostAccess[],
  kind: SwarmObjectKind,
  objectName: string,
  id: string,
): Promise<boolean | undefined> {
  try {
    return await askWithRetries(30, () =>
      withAnyManager(
        managers,
        async (docker) => (await inspectObject(docker, kind, id)) !== undefined,
        { deadlineSeconds: 15, repeatable: true },
      ),
    );
  } catch (error) {
    if (!isTransportError(error)) throw error;
    reportWarning(
      `the ${kind} '${objectName}' could not be checked; its state is kept as it was. ${error.message}`,
    );
    return undefined;
  }
}

/**
 * Removes an object, unless a newer resource has taken it over. An object in use stays, with a
 * warning; it is removed when the next object of its name is created.
 */
export async function removeObject(
  managers: readonly HostAccess[],
  kind: SwarmObjectKind,
  objectName: string,
  { id, holder }: ObjectOwner,
): Promise<void> {
  const remove = async (docker: Dockerode): Promise<string | undefined> => {
    const seen = await inspectObject(docker, kind, id);
    if (seen === undefined || seen.Spec.Labels?.[holderLabel] !== holder) return undefined;
    return await removeWhenUnused(() => handle(docker, kind, id).remove(), releaseSeconds);
  };
  const left = await withAnyManager(managers, remove, {
    deadlineSeconds: releaseSeconds + 40,
    repeatable: true,
  }).catch((error: unknown) => {
    if (!isTransportError(error)) throw error;
    // A Swarm without quorum cannot remove anything; its objects go with its hosts.
    reportWarning(
      `the ${kind} '${objectName}' could not be removed and is forgotten. ${error.message}`,
    );
    return undefined;
  });
  if (left === undefined) return;
  reportWarning(
    `the ${kind} '${objectName}' could not be removed and is left alone. ${left}\n` +
      `When nothing uses it, run on a manager: docker ${kind} rm ${objectName}`,
  );
}

async function createObject(
  docker: Dockerode,
  object: SwarmObject,
  holder: string,
): Promise<string> {
  const spec = {
    Name: object.objectName,
    Labels: labelsOf(object, holder),
    Data: Buffer.from(object.content).toString("base64"),
    ...(object.template ? { Templating: { Name: "golang" } } : {}),
  };
  // The client returns an object that contains the Docker Engine's answer.
  const created = (await (object.kind === "secret"
    ? docker.createSecret(spec)
    : docker.createConfig(spec))) as unknown as {
    readonly id?: string;
    readonly ID?: string;
  };
  const id = created.id ?? created.ID;
  if (id === undefined) throw new Error(`The Docker Engine returned no id for the ${object.kind}.`);
  return id;
}

/**
 * Takes over an existing object for this resource. Its content is right, because its name follows
 * from the content.
 */
async function takeOver(
  docker: Dockerode,
  object: SwarmObject,
  found: ListedObject,
  holder: string,
): Promise<string> {
  const { kind, site, objectName } = object;
  if (found.Spec.Labels?.[siteLabel] !== site) {
    throw new Error(
      `The Swarm has a ${kind} named '${objectName}' already, and it ${describeOwner(found.Spec.Labels, site)}. ` +
        `Give this ${kind} another name; or, if that one is not needed, run on a manager: docker ${kind} rm ${objectName}`,
    );
  }
  // Only its labels can be changed.
  await handle(docker, kind, found.ID).update({
    _query: { version: found.Version.Index },
    _body: { ...found.Spec, Labels: labelsOf(object, holder) },
  });
  return found.ID;
}

function labelsOf(object: SwarmObject, holder: string): Record<string, string> {
  return { [siteLabel]: object.site, [nameLabel]: object.name, [holderLabel]: holder };
}

async function listObjects(
  docker: Dockerode,
  kind: SwarmObjectKind,
): Promise<readonly ListedObject[]> {
  const listed = await (kind === "secret" ? docker.listSecrets() : docker.listConfigs());
  return listed as unknown as readonly ListedObject[];
}

async function inspectObject(
  docker: Dockerode,
  kind: SwarmObjectKind,
  id: string,
): Promise<ListedObject | undefined> {
  try {
    return await handle(docker, kind, id).inspect();
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}

/** The client's handle, with the calls of both kinds. */
function handle(
  docker: Dockerode,
  kind: SwarmObjectKind,
  id: string,
): {
  inspect(): Promise<ListedObject>;
  remove(): Promise<unknown>;
  update(options: object): Promise<unknown>;
} {
  const found = kind === "secret" ? docker.getSecret(id) : docker.getConfig(id);
  return found as unknown as ReturnType<typeof handle>;
}
