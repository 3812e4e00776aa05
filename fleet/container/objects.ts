import type { Owner, RecordedResource } from "../recovery";

/** An object of this computer's Docker Engine. */
export interface DockerObject {
  readonly kind: "container" | "network" | "volume" | "image";
  /** The engine's id; for a volume its name. */
  readonly id: string;
  /** For messages. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Types of resources that are objects of the Docker Engine. */
const objectTypes: Readonly<Record<string, DockerObject["kind"]>> = {
  "docker:index/container:Container": "container",
  "docker:index/network:Network": "network",
  "docker:index/volume:Volume": "volume",
  "docker:index/remoteImage:RemoteImage": "image",
};

/** Whether a resource is an object of this computer's Docker Engine. */
export function isObject({ type }: RecordedResource): boolean {
  return objectTypes[type] !== undefined;
}

/** Whether an object carries the owner's labels. */
export function belongsTo(object: DockerObject, owner: Owner): boolean {
  return object.labels["hive.site"] === owner.site && object.labels["hive.stage"] === owner.stage;
}

/**
 * Objects with the owner's labels that are not in the state: a run was interrupted while it created
 * them.
 */
export function leftovers(
  objects: readonly DockerObject[],
  resources: readonly RecordedResource[],
  owner: Owner,
): readonly DockerObject[] {
  const recorded = new Set(resources.map(objectId));
  return objects.filter((object) => belongsTo(object, owner) && !recorded.has(object.id));
}

/**
 * Resources whose object is gone from the Docker Engine, removed by hand or with the engine's data.
 */
export function missing<R extends RecordedResource>(
  objects: readonly DockerObject[],
  resources: readonly R[],
): readonly R[] {
  const present = new Set(objects.map(({ id }) => id));
  return resources.filter((resource) => isObject(resource) && !present.has(objectId(resource)));
}

/**
 * The Docker Engine's id of a resource's object. An image's resource id is its digest with the name
 * behind it.
 */
function objectId(resource: RecordedResource): string {
  if (objectTypes[resource.type] !== "image") return resource.id;
  return /^sha256:[0-9a-f]{64}/.exec(resource.id)?.[0] ?? resource.id;
}

/** `2 containers (p-hive0.…, p-hive1.…) and 1 network (…)`. */
export function describeObjects(objects: readonly DockerObject[]): string {
  const kinds = ["container", "network", "volume", "image"] as const;
  const parts = kinds.flatMap((kind) => {
    const names = objects.filter((object) => object.kind === kind).map(({ name }) => name);
    return names.length === 0
      ? []
      : [`${names.length} ${kind}${names.length === 1 ? "" : "s"} (${names.join(", ")})`];
  });
  const last = parts.pop() ?? "nothing";
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
}
