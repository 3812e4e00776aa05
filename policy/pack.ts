import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import type { Rule, Target } from "./rule";

/** A rule in the form that Pulumi runs: once for the whole stack, in previews too. */
export function policyOf(rule: Rule): StackValidationPolicy {
  return {
    name: rule.id,
    description: rule.why,
    severity: rule.severity,
    enforcementLevel: rule.enforcement,
    remediationSteps: rule.remedy,
    validateStack: ({ resources }, report) => {
      for (const { text, urn } of rule.faults(resources.map(targetOf), stageOf(resources)))
        report(`${text} ${rule.remedy}`, urn);
    },
  };
}

function targetOf({ type, name, urn, props, opts, parent, dependencies }: PolicyResource): Target {
  return {
    ...{ type, name, urn, props, protect: opts.protect },
    ...(parent === undefined ? {} : { parent: { type: parent.type, name: parent.name } }),
    dependencies: dependencies.map((each) => each.urn),
  };
}

/** The stack's name: `urn:pulumi:<stack>::…`. */
function stageOf(resources: readonly PolicyResource[]): string {
  return resources[0]?.urn.split(":")[2] ?? "";
}
