import { type Phase, phases } from "../../model/phases";

/** The parts of a URN (`urn:pulumi:<stack>::<project>::<types>::<name>`). */
export interface ResourceName {
  /** The logical name, e.g. `hive0-engine`. */
  readonly name: string;
  /** The type, without those of the parents, e.g. `pulumi-nodejs:dynamic/hive:SwarmService`. */
  readonly type: string;
  /**
   * The type's last part, e.g. `SwarmService`; a component and the resource in it may have the same
   * one.
   */
  readonly kind: string;
  /** The phase whose component is an ancestor; undefined outside of the phases. */
  readonly phase: Phase | undefined;
}

const phaseTypes = new Map(phases.map((phase) => [typeToken(phase), phase]));

/** `build-infra` → `hive:phase:BuildInfra`, as components/phases/phase.ts names it. */
function typeToken(phase: Phase): string {
  const words = phase.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `hive:phase:${words.join("")}`;
}

/** The type of a component of `components/`, as providers/framework/hive-component.ts names it. */
export function componentType(kind: string): string {
  return `hive:index:${kind}`;
}

/** The type of a dynamic resource of `providers/`. */
export function dynamicType(kind: string): string {
  return `pulumi-nodejs:dynamic/hive:${kind}`;
}

/** Reads a URN. A text that is not a URN becomes the name. */
export function readUrn(urn: string): ResourceName {
  const [, , types, ...names] = urn.split("::");
  if (types === undefined || names.length === 0)
    return { name: urn, type: "", kind: "", phase: undefined };
  const chain = types.split("$");
  const phase = chain.flatMap((type) => phaseTypes.get(type) ?? [])[0];
  const type = chain.at(-1) ?? "";
  return { name: names.join("::"), type, kind: kindOf(type), phase };
}

function kindOf(type: string): string {
  return type.split(/[:/]/).at(-1) ?? type;
}
