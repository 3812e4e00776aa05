import { type Phase, phases } from "../../model/phases";

/** What a resource's URN tells (`urn:pulumi:<stack>::<project>::<types>::<name>`). */
export interface ResourceName {
  /** The logical name, e.g. `hive0-engine`. */
  readonly name: string;
  /** The type's last part, e.g. `SwarmService`. */
  readonly kind: string;
  /** The phase whose component is an ancestor; undefined for what stands outside of the phases. */
  readonly phase: Phase | undefined;
}

const phaseTypes = new Map(phases.map((phase) => [typeToken(phase), phase]));

/** `build-infra` → `hive:phase:BuildInfra`, as components/phase.ts names it. */
function typeToken(phase: Phase): string {
  const words = phase.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `hive:phase:${words.join("")}`;
}

/** Takes a URN apart. A text that is no URN becomes the name. */
export function readUrn(urn: string): ResourceName {
  const [, , types, ...names] = urn.split("::");
  if (types === undefined || names.length === 0) return { name: urn, kind: "", phase: undefined };
  const chain = types.split("$");
  const phase = chain.flatMap((type) => phaseTypes.get(type) ?? [])[0];
  return { name: names.join("::"), kind: kindOf(chain.at(-1) ?? ""), phase };
}

function kindOf(type: string): string {
  return type.split(/[:/]/).at(-1) ?? type;
}
