import { isGiven } from "../resource-types";
import { type Rule, type Target, valueAt } from "../rule";

/** Types of AWS that have no tags; every other one must be tagged. */
const untagged = new Set(
  [
    "ec2/route:Route",
    "ec2/routeTableAssociation:RouteTableAssociation",
    "ec2/eipAssociation:EipAssociation",
    "ec2/volumeAttachment:VolumeAttachment",
    "ec2transitgateway/instanceState:InstanceState",
    "iam/rolePolicy:RolePolicy",
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    "kms/alias:Alias",
    "route53/record:Record",
  ].map((type) => `aws:${type}`),
);

/** What stands in an account says whose it is. */
export const taggedByRule: Rule = {
  id: "tagged-by-rule",
  severity: "medium",
  enforcement: "mandatory",
  why: "Bills, clean-up and permissions of an account go by tags, and hive finds its servers by them.",
  remedy:
    "Give it the tags Name, hive:site and hive:stage itself: a stage's defaultTags do not count, since another stage may have others.",
  faults: (targets, stage) =>
    targets
      .filter(
        (target) =>
          target.type.startsWith("aws:") && !untagged.has(target.type) && !isGiven(target),
      )
      .flatMap((target) => faultsOf(target, stage).map((text) => ({ text, urn: target.urn }))),
};

function faultsOf({ props }: Target, stage: string): readonly string[] {
  const tag = (key: string): unknown => valueAt(props, "tags", key);
  const missing = ["Name", "hive:site", "hive:stage"].filter((key) => !isText(tag(key)));
  if (missing.length > 0) return [`It has no tag ${missing.join(", ")}.`];
  return tag("hive:stage") === stage
    ? []
    : [`Its tag hive:stage is ${String(tag("hive:stage"))}, in the stage ${stage}.`];
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
