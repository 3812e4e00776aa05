/** A resource as the state has it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** Empty for components. */
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** It was replaced, and is still to be deleted; another one of the same URN has taken its place. */
  readonly replaced?: true;
}

/** An operation that was begun and of whose end the state knows nothing: the run was interrupted. */
export interface PendingOperation {
  readonly urn: string;
  readonly type: string;
  /** Engine's word: `creating`, `updating`, `deleting`, `reading`. */
  readonly operation: string;
}

/** What `pulumi stack export` says, as far as hive needs it. */
export interface StackState {
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
}

interface Exported {
  readonly deployment?: {
    readonly resources?: readonly {
      urn?: string;
      type?: string;
      id?: string;
      outputs?: Record<string, unknown>;
      delete?: boolean;
    }[];
    readonly pending_operations?: readonly {
      type?: string;
      resource?: { urn?: string; type?: string };
    }[];
  } | null;
}

/** Reads the JSON text of an export. @throws SyntaxError for a text that is no JSON */
export function readState(text: string): StackState {
  const { deployment } = JSON.parse(text) as Exported;
  return {
    resources: (deployment?.resources ?? []).map((resource) => ({
      urn: resource.urn ?? "",
      type: resource.type ?? "",
      id: resource.id ?? "",
      outputs: resource.outputs ?? {},
      ...(resource.delete === true ? { replaced: true as const } : {}),
    })),
    pending: (deployment?.pending_operations ?? []).map(({ type, resource }) => ({
      urn: resource?.urn ?? "",
      type: resource?.type ?? "",
      operation: type ?? "",
    })),
  };
}

/**
 * The same export without pending operations. Every `create` of hive adopts what exists, every `update` converges and
 * every `delete` forgives, so that an operation of unknown end is simply done again.
 */
export function withoutPending(text: string): string {
  const exported = JSON.parse(text) as { deployment?: Record<string, unknown> };
  delete exported.deployment?.["pending_operations"];
  return JSON.stringify(exported);
}
