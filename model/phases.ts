/**
 * The seven phases in which a site is built, in order. Operators of hive-builder know their names;
 * each is a component in the resource tree.
 */
export const phases = [
  "build-infra",
  "setup-hosts",
  "build-images",
  "build-networks",
  "build-volumes",
  "deploy-services",
  "initialize-services",
] as const;

/** One of the seven phases. */
export type Phase = (typeof phases)[number];

/** The phases from the first one up to and including `last`, in order. */
export function phasesThrough(last: Phase): readonly Phase[] {
  return phases.slice(0, phases.indexOf(last) + 1);
}

/**
 * The phases that a run would undo: the stack has reached them, but the run stops before them.
 * Pulumi deletes resources that are not declared, so such a run would destroy what those phases
 * built.
 */
export function phasesTakenBack(reached: readonly string[], planned: readonly Phase[]): Phase[] {
  return phases.filter((phase) => reached.includes(phase) && !planned.includes(phase));
}
