/** An IAM policy, as far as hive's own uses the language: actions by name, without wildcards. */
export interface Policy {
  readonly Version: string;
  readonly Statement: readonly PolicyStatement[];
}

/** One statement of a policy. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Calls that AWS grants to everybody who has credentials: a policy need not name them. */
const grantedToAll: readonly string[] = ["sts:GetCallerIdentity"];

/**
 * Calls that a policy does not allow, in alphabetical order: a run that makes them would fail on
 * AWS. The emulated cloud grants everything, so only this comparison tells.
 *
 * @param calls as `service:Action`, e.g. those of `seenCalls`
 */
export function missingFrom(policy: Policy, calls: readonly string[]): readonly string[] {
  const allowed = actionsOf(policy);
  return [...new Set(calls)]
    .filter((call) => !grantedToAll.includes(call))
    .filter((call) => !allowed.includes(call))
    .sort();
}

/**
 * Actions that a policy allows and that no call used, in alphabetical order: rights that nobody
 * needs, or those of runs that were not made.
 *
 * @param calls as `service:Action`
 */
export function unusedIn(policy: Policy, calls: readonly string[]): readonly string[] {
  return [...new Set(actionsOf(policy))].filter((action) => !calls.includes(action)).sort();
}

function actionsOf({ Statement }: Policy): readonly string[] {
  return Statement.flatMap(({ Action }) => Action);
}
