import type { Problem } from "./problems";
import { colocationProblems } from "./rules/colocation";
import { cycleProblems, dependencyProblems } from "./rules/dependencies";
import { configFileProblems, contextProblems, stepFileProblems } from "./rules/files";
import { hostLineProblems } from "./rules/hosts";
import { buildSecretProblems, imageProblems, pinProblems } from "./rules/images";
import { jobProblems } from "./rules/jobs";
import { doubledNameProblems } from "./rules/names";
import { networkProblems } from "./rules/networks";
import { placementProblems } from "./rules/placement";
import {
  meshProblems,
  replicaProblems,
  reservedPortProblems,
  samePortProblems,
} from "./rules/ports";
import { referenceProblems } from "./rules/references";
import { replicationProblems } from "./rules/replication";
import { orderProblems } from "./rules/rollout";
import type { Rule, RuleInput } from "./rules/rule";
import { stageSecretProblems } from "./rules/stage-secrets";
import { systemdProblems } from "./rules/systemd";
import { targetProblems } from "./rules/targets";
import { writerProblems } from "./rules/writers";

/** All rules, in the order in which their problems are told: what does not exist first. */
const rules: readonly Rule[] = [
  imageProblems,
  buildSecretProblems,
  referenceProblems,
  contextProblems,
  configFileProblems,
  stepFileProblems,
  dependencyProblems,
  cycleProblems,
  colocationProblems,
  doubledNameProblems,
  targetProblems,
  reservedPortProblems,
  replicaProblems,
  meshProblems,
  samePortProblems,
  networkProblems,
  replicationProblems,
  writerProblems,
  orderProblems,
  jobProblems,
  placementProblems,
  systemdProblems,
  hostLineProblems,
  stageSecretProblems,
  pinProblems,
];

/** The problems that show only when the parts of a site and a stage are seen together. */
export function siteRuleProblems(input: RuleInput): readonly Problem[] {
  return rules.flatMap((rule) => rule(input));
}
