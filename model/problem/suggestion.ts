/**
 * The candidate that was probably meant by a mistyped name, or undefined when none is similar.
 * Compares without regard to case; at most two edits (one in names of up to four letters). For
 * dotted candidates the last segment counts too, so that `heartbeatSeconds` finds
 * `swarm.heartbeatSeconds`.
 */
export function suggestion(name: string, candidates: readonly string[]): string | undefined {
  const limit = name.length <= 4 ? 1 : 2;
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const last = candidate.slice(candidate.lastIndexOf(".") + 1);
    const distance = Math.min(editDistance(name, candidate), editDistance(name, last));
    if (distance <= limit && (best === undefined || distance < best.distance)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/**
 * The number of edits between two texts, case-insensitive: letters inserted, deleted, replaced, or
 * swapped with their neighbours ("optimal string alignment").
 */
export function editDistance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  let before: readonly number[] = [];
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const insertion = (current[column - 1] ?? 0) + 1;
      const deletion = (previous[column] ?? 0) + 1;
      const swapped =
        column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? (before[column - 2] ?? 0) + 1
          : Infinity;
      current.push(Math.min(substitution, insertion, deletion, swapped));
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
