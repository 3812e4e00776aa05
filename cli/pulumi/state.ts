import type { OpenCreate, Properties, TakenOver } from "../../fleet/recovery";

/** A resource in the state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** Empty for components. */
  readonly id: string;
  readonly parent: string | undefined;
  /** URNs, including those of single properties. */
  readonly dependencies: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /**
   * It was replaced by another resource of the same URN and is still to be deleted.
   */
  readonly replaced?: true;
  /** Pulumi refuses to delete it. */
  readonly isProtected?: true;
}

/**
 * An operation without a recorded end: the run was interrupted.
 */
export interface PendingOperation {
  readonly urn: string;
  readonly type: string;
  /** Pulumi's word: `creating`, `updating`, `deleting`, `reading`. */
  readonly operation: string;
}

/** The used part of `pulumi stack export`. */
export interface StackState {
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
}

/**
 * The used part of a resource in `pulumi stack export` and `pulumi preview --json`.
 */
export interface ExportedResource {
  readonly urn?: string;
  readonly type?: string;
  readonly id?: string;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly delete?: boolean;
  readonly protect?: boolean;
  /** `<urn>::<id>` of its provider. */
  readonly provider?: string;
  /** When it was created, ISO 8601. */
  readonly created?: string;
}

interface Exported {
  readonly deployment?: {
    readonly resources?: readonly ExportedResource[];
    readonly pending_operations?: readonly {
      type?: string;
      resource?: ExportedResource;
    }[];
  } | null;
}

/** A resource, completed with the empty values that Pulumi leaves out. */
export function readResource(resource: ExportedResource): StateResource {
  const properties = Object.values(resource.propertyDependencies ?? {});
  return {
    urn: resource.urn ?? "",
    type: resource.type ?? "",
    id: resource.id ?? "",
    parent: resource.parent,
    dependencies: [
      ...new Set([...(resource.dependencies ?? []), ...properties.flatMap((urns) => urns ?? [])]),
    ],
    inputs: resource.inputs ?? {},
    outputs: resource.outputs ?? {},
    ...(resource.delete === true ? { replaced: true as const } : {}),
    ...(resource.protect === true ? { isProtected: true as const } : {}),
  };
}

/** Reads the JSON text of an export. @throws SyntaxError if the text is not JSON */
export function readState(text: string): StackState {
  const { deployment } = JSON.parse(text) as Exported;
  return {
    resources: (deployment?.resources ?? []).map(readResource),
    pending: (deployment?.pending_operations ?? []).map(({ type, resource }) => ({
      urn: resource?.urn ?? "",
      type: resource?.type ?? "",
      operation: type ?? "",
    })),
  };
}

/**
 * The creates of unknown end, with what they asked for and of which provider.
 *
 * @param text an export with secrets in clear
 * @param urns which ones
 * @returns undefined when they do not have one provider
 */
export function readOpenCreates(
  text: string,
  urns: readonly string[],
): readonly OpenCreate[] | undefined {
  const { deployment } = JSON.parse(text) as Exported;
  const open = (deployment?.pending_operations ?? []).flatMap(({ type, resource }) =>
    type === "creating" && resource !== undefined && urns.includes(resource.urn ?? "")
      ? [resource]
      : [],
  );
  const providers = new Set(open.map(({ provider }) => provider));
  const account = deployment?.resources?.find(
    ({ urn, id }) => `${urn ?? ""}::${id ?? ""}` === [...providers][0],
  );
  if (providers.size !== 1 || account === undefined) return undefined;
  const settings = Object.entries(inClear(account.inputs ?? {}) as Properties).filter(
    // These are for the engine.
    ([name]) => !["__internal", "version", "pluginDownloadURL"].includes(name),
  );
  return open.map(({ urn = "", type = "", inputs = {} }) => ({
    urn,
    type,
    inputs: inClear(inputs) as Properties,
    account: Object.fromEntries(settings),
  }));
}

/** A value without the marks of secrets, of an export with `--show-secrets`. */
function inClear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  const { plaintext } = value as { readonly plaintext?: unknown };
  if (secretSignature in value && typeof plaintext === "string")
    return inClear(JSON.parse(plaintext));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inClear(each)]));
}

/** Key of Pulumi's own values in a state, among them secrets. */
const secretSignature = "4dabf18193072939515e22adb298388d";

/** When the first resource of a state was created; undefined when it does not say. */
export function firstCreated(text: string): Date | undefined {
  const { deployment } = JSON.parse(text) as Exported;
  const times = (deployment?.resources ?? [])
    .map(({ created }) => Date.parse(created ?? ""))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

/** The text of a secret in an export with `--show-secrets`: JSON beside Pulumi's signature. */
export function readSecret(value: unknown): string | undefined {
  const { plaintext } = (value ?? {}) as { readonly plaintext?: unknown };
  const text: unknown = typeof plaintext === "string" ? JSON.parse(plaintext) : value;
  return typeof text === "string" ? text : undefined;
}

/**
 * Types of older versions that exist in the state only. Only their deletion would still need their
 * plugin.
 */
const retired = /^(?:command:|pulumi:providers:command$)/;

/** Whether a state has resources that this version removes from it without deleting anything. */
export function holdsRetired({ resources }: StackState): boolean {
  return resources.some(({ type }) => retired.test(type));
}

/** The same export without {@link holdsRetired} resources and without references to them. */
export function withoutRetired(text: string): string {
  const exported = JSON.parse(text) as { deployment?: { resources?: StoredResource[] } };
  const all = exported.deployment?.resources ?? [];
  const gone = new Set(all.flatMap(({ type = "", urn }) => (retired.test(type) ? [urn] : [])));
  const stays = (urn: string): boolean => !gone.has(urn);
  const resources = all
    .filter(({ urn }) => urn === undefined || stays(urn))
    .map(({ dependencies, propertyDependencies, deletedWith, ...rest }) => ({
      ...rest,
      ...(dependencies && { dependencies: dependencies.filter(stays) }),
      ...(propertyDependencies && {
        propertyDependencies: Object.fromEntries(
          Object.entries(propertyDependencies).map(([name, urns]) => [
            name,
            urns && urns.filter(stays),
          ]),
        ),
      }),
      ...(deletedWith !== undefined && stays(deletedWith) && { deletedWith }),
    }));
  return JSON.stringify({ ...exported, deployment: { ...exported.deployment, resources } });
}

type StoredResource = ExportedResource & { readonly deletedWith?: string };

/**
 * Types that exist in the state only, or whose `create` adopts the object of an interrupted one, or
 * whose leftovers the private stage's fleet removes.
 */
const adopting = /^(?:pulumi-nodejs:dynamic\/hive:|pulumi:|hive:|command:|docker:|random:)/;

/**
 * Creates of unknown end that must not just be repeated: they would make a second object, and
 * nobody would know of the first. hive's own resources adopt what exists. Updates and deletes can
 * be repeated.
 */
export function unknownCreates(pending: readonly PendingOperation[]): readonly PendingOperation[] {
  return pending.filter(({ operation, type }) => operation === "creating" && !adopting.test(type));
}

/**
 * The same export without pending operations. An operation of unknown end is repeated: every
 * `create` of hive adopts what exists, every `update` converges, and every `delete` accepts that
 * nothing is left.
 *
 * @param takenOver creates that count as ended: their resources are in the state then
 */
export function withoutPending(text: string, takenOver: readonly TakenOver[] = []): string {
  const { deployment, ...rest } = JSON.parse(text) as Exported;
  const { pending_operations: pending = [], resources = [], ...others } = deployment ?? {};
  const ended = takenOver.flatMap(({ urn, id, outputs }) =>
    pending
      .filter(({ type, resource }) => type === "creating" && resource?.urn === urn)
      .map(({ resource }) => ({ ...resource, id, outputs })),
  );
  return JSON.stringify({
    ...rest,
    deployment: { ...others, resources: [...resources, ...ended] },
  });
}
