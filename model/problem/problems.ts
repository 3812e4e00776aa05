/** One problem in the user's text, with the remedy. */
export interface Problem {
  /**
   * File and key, e.g. `Pulumi.private.yaml: hive:container.access` or
   * `site/services/portal.ts: services.portal.ports[0]`.
   */
  readonly path: string;
  /** The found value, ready to print. Absent when there is none, or when it may be a secret. */
  readonly value?: string;
  /** The problem, with its reason. */
  readonly message: string;
  /** A second place that the problem is about, in the same form as `path`. */
  readonly otherPath?: string;
  /** The remedy: what to write or do instead. */
  readonly remedy: string;
}

/**
 * Thrown when the inventory or a stage's configuration cannot be built. Its message lists all
 * problems at once, so that the user can fix them all. It is thrown before anything is touched.
 */
export class InventoryError extends Error {
  override readonly name = "InventoryError";
  readonly problems: readonly Problem[];

  /**
   * @param problems at least one; they are printed in the given order
   * @param later names of services whose own form is wrong, so that nothing else could be checked
   */
  constructor(problems: readonly Problem[], later: readonly string[] = []) {
    super(formatProblems(problems, later));
    this.problems = problems;
  }
}

/**
 * The text of a list of problems: a headline, one block each, and the checks that were not possible
 * yet.
 */
export function formatProblems(
  problems: readonly Problem[],
  later: readonly string[] = [],
): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const blocks = [`${count} found; nothing was changed.`, ...problems.map(formatProblem)];
  if (later.length > 0) {
    blocks.push(
      `How ${later.join(", ")} ${later.length === 1 ? "fits" : "fit"} together with the rest of the site is checked when these problems are fixed.`,
    );
  }
  return blocks.join("\n\n");
}

function formatProblem(problem: Problem): string {
  const lines = [problem.path];
  if (problem.value !== undefined) lines.push(`  found:   ${problem.value}`);
  lines.push(`  problem: ${problem.message}`);
  if (problem.otherPath !== undefined) lines.push(`  and in:  ${problem.otherPath}`);
  lines.push(`  remedy:  ${problem.remedy}`);
  return lines.join("\n");
}

const longestValue = 100;

/**
 * The printable form of a value in a problem: JSON, cut to 100 characters. Values that Pulumi keeps
 * encrypted (`{ secure: … }`) are never printed.
 */
export function printableValue(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (holdsSecret(value)) return "(encrypted)";
  const text = jsonText(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

function jsonText(value: unknown): string {
  try {
    // A function or a symbol has no JSON form.
    const text = JSON.stringify(value) as string | undefined;
    return text ?? `a ${typeof value}`;
  } catch {
    // A big integer, or a value that contains itself.
    return typeof value === "bigint" ? `${value}n` : `a ${typeof value} without a JSON form`;
  }
}

function holdsSecret(value: unknown, seen: ReadonlySet<unknown> = new Set()): boolean {
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  if ("secure" in value) return true;
  const within = new Set([...seen, value]);
  return Object.values(value).some((inner) => holdsSecret(inner, within));
}
