import { type Rule, type Target } from "../rule";

/** A resource's name shows where it belongs. */
export const namedByRule: Rule = {
  id: "named-by-rule",
  severity: "medium",
  enforcement: "mandatory",
  why: "Names stand in previews, in logs and in commands: they must show what a resource belongs to, and need no quoting.",
  remedy:
    "Name it <name of its component>-<noun>, in lower-case letters, digits, dots and dashes (`this.child(noun)`).",
  faults: (targets) =>
    targets.flatMap((target) => faultsOf(target).map((text) => ({ text, urn: target.urn }))),
};

function faultsOf({ type, name, parent }: Target): readonly string[] {
  // The stack, and providers that the engine makes itself.
  if (type.startsWith("pulumi:")) return [];
  // The whole site is the root: its parts are named after what they are.
  const isPart = parent?.type.startsWith("hive:index:") === true && parent.type !== root;
  return [
    ...(/^[a-z0-9][a-z0-9.-]*$/.test(name)
      ? []
      : ["Its name has other letters than a to z, 0 to 9, dots and dashes."]),
    ...(!isPart || name === parent.name || name.startsWith(`${parent.name}-`)
      ? []
      : [`Its name does not begin with that of its component, ${parent.name}.`]),
  ];
}

const root = "hive:index:Hive";
