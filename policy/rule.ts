/** A resource as the engine is about to make it, or as it is in the state. */
export interface Target {
  /** `aws:ec2/instance:Instance`. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  readonly urn: string;
  /** Its inputs; reading one that a preview does not know yet ends the rule without a verdict. */
  readonly props: Readonly<Record<string, unknown>>;
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
  /** The component that it is a part of; absent: it is a part of none. */
  readonly parent?: { readonly type: string; readonly name: string };
  /** URNs of the resources that have to be there before it. */
  readonly dependencies: readonly string[];
}

/** What breaks a rule. */
export interface Fault {
  /** What is wrong, one sentence. */
  readonly text: string;
  /** URN of the resource that it is wrong with; absent: of no single one. */
  readonly urn?: string;
}

/** A rule for the resources of a stack. Rules are pure: they see what they are given, and judge. */
export interface Rule {
  /** `no-ssh-from-anywhere`; unique. */
  readonly id: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  /** `mandatory` stops the run, `advisory` is only printed. */
  readonly enforcement: "mandatory" | "advisory";
  /** Why there is such a rule, one sentence. */
  readonly why: string;
  /** What to do about a fault, one sentence. */
  readonly remedy: string;
  /**
   * Judges all resources of a stack.
   *
   * @param stage - the stack's name; empty for a stack without resources.
   */
  readonly faults: (targets: readonly Target[], stage: string) => readonly Fault[];
}

/** A rule that looks at one resource at a time, of some types only. */
export function resourceRule({
  types,
  judge,
  ...rule
}: Omit<Rule, "faults"> & {
  readonly types: readonly string[];
  /** What is wrong with a resource, one sentence each. */
  readonly judge: (target: Target, stage: string) => readonly string[];
}): Rule {
  return {
    ...rule,
    faults: (targets, stage) =>
      targets
        .filter(({ type }) => types.includes(type))
        .flatMap((target) => judge(target, stage).map((text) => ({ text, urn: target.urn }))),
  };
}

/** A value at a path of a resource's inputs; undefined if something on the way is absent. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined,
    value,
  );
}

/** A value, or undefined while a preview does not know it: the SDK throws then. */
export function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
