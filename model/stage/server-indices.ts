/** The repository server's index, on every stage. */
export const repositoryIndex = 3;

/** The indices of the cluster hosts: 0, 1, 2, 4, 5 … */
export function clusterIndices(count: number): readonly number[] {
  return Array.from({ length: count }, (_, place) => (place < repositoryIndex ? place : place + 1));
}

/** A server's name in the resource tree, and in a stage that names its servers: `hive0`. */
export function logicalNameOf(index: number): string {
  return `hive${index}`;
}

/** Assigns servers to the zones in turn, by their indices. */
export function zoneOf(index: number, zones: readonly string[]): string {
  return zones[index % zones.length] ?? "";
}
