/** What became of something that every host is to have (an image, a volume) on one host. */
export type HostOutcome =
  | { readonly host: string; readonly kind: "present" }
  /** The host does not answer. */
  | { readonly host: string; readonly kind: "unreachable"; readonly reason: string }
  /** The host answers, but it could not be brought there. */
  | { readonly host: string; readonly kind: "failed"; readonly reason: string };

/** An outcome on a host that did not get it. */
export type HostFailure = Exclude<HostOutcome, { readonly kind: "present" }>;

/** What follows from the outcomes on all hosts. */
export type HostsVerdict =
  | {
      readonly kind: "done";
      /** Hosts that do not answer; they get it at a later run. */ readonly missing: string[];
    }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Whether enough hosts have it. Hosts that do not answer are tolerated while more than half do:
 * a cluster that runs with a dead host must stay deployable. A host that answers and fails is a
 * failure at once.
 *
 * @param subject - begins the message of a failure, e.g. an image's reference.
 */
export function judgeHosts(subject: string, outcomes: readonly HostOutcome[]): HostsVerdict {
  const failed = outcomes.filter((outcome) => outcome.kind === "failed");
  const unreachable = outcomes.filter((outcome) => outcome.kind === "unreachable");
  const describe = (outcome: HostOutcome): string =>
    `  ${outcome.host}: ${outcome.kind === "present" ? "has it" : outcome.reason}`;
  if (failed.length > 0) {
    return {
      kind: "failed",
      message: [
        `${subject} could not be brought onto ${failed.length} of ${outcomes.length} hosts:`,
        ...failed.map(describe),
      ].join("\n"),
    };
  }
  if (unreachable.length * 2 >= outcomes.length && unreachable.length > 0) {
    return {
      kind: "failed",
      message: [
        `${subject} is on too few hosts: ${unreachable.length} of ${outcomes.length} do not answer.`,
        ...unreachable.map(describe),
        "Bring them back, then run again.",
      ].join("\n"),
    };
  }
  return { kind: "done", missing: unreachable.map((outcome) => outcome.host) };
}
