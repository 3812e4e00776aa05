/** A resource as the state has it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** Empty for components. */
  readonly id: string;
  readonly parent: string | undefined;
  /** URNs, those that single properties depend on among them. */
  readonly dependencies: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /**
   * It was replaced, and is still to be deleted; another one of the same URN has taken its place.
   */
  readonly replaced?: true;
}

/**
 * An operation that was begun and of whose end the state knows nothing: the run was interrupted.
 */
export interface PendingOperation {
  readonly urn: string;
  readonly type: string;
  /** Pulumi's word: `creating`, `updating`, `deleting`, `reading`. */
  readonly operation: string;
}

/** What `pulumi stack export` says, as far as hive needs it. */
export interface StackState {
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
}

/**
 * A resource as `pulumi stack export` and `pulumi preview --json` write it, as far as it is read.
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
}

interface Exported {
  readonly deployment?: {
    readonly resources?: readonly ExportedResource[];
    readonly pending_operations?: readonly {
      type?: string;
      resource?: { urn?: string; type?: string };
    }[];
  } | null;
}

/** A resource with what the engine leaves out where it is empty. */
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
  };
}

/** Reads the JSON text of an export. @throws SyntaxError for a text that is no JSON */
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

/** The text of a secret in an export with `--show-secrets`: JSON beside Pulumi's signature. */
export function readSecret(value: unknown): string | undefined {
  const { plaintext } = (value ?? {}) as { readonly plaintext?: unknown };
  const text: unknown = typeof plaintext === "string" ? JSON.parse(plaintext) : value;
  return typeof text === "string" ? text : undefined;
}

/**
 * Types of older versions that are nothing outside of the state. Their plugin is not needed any
 * more, and would be to delete them.
 */
const retired = /^(?:command:|pulumi:providers:command$)/;

/** Whether a state holds resources that this version forgets without deleting anything. */
export function holdsRetired({ resources }: StackState): boolean {
  return resources.some(({ type }) => retired.test(type));
}

/** The same export without {@link holdsRetired} resources, and without what others say of them. */
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
 * Types that are nothing outside of the state, or whose `create` finds what an interrupted one
 * made, or whose leftovers the stage's fleet removes.
 */
const adopting = /^(?:pulumi-nodejs:dynamic\/hive:|pulumi:|hive:|command:|docker:|random:)/;

/**
 * Creates of unknown end that must not be forgotten: done again, they would make a second object
 * beside the first one, which nobody would know of any more. Not so those of hive's own resources,
 * which adopt what exists. Updates and deletes can be repeated.
 */
export function unknownCreates(pending: readonly PendingOperation[]): readonly PendingOperation[] {
  return pending.filter(({ operation, type }) => operation === "creating" && !adopting.test(type));
}

/**
 * The same export without pending operations. Every `create` of hive adopts what exists, every
 * `update` converges and every `delete` forgives, so that an operation of unknown end is simply
 * done again.
 */
export function withoutPending(text: string): string {
  const exported = JSON.parse(text) as { deployment?: Record<string, unknown> };
  delete exported.deployment?.["pending_operations"];
  return JSON.stringify(exported);
}
