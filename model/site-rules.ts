import type { Problem } from "./problems";
import { networkRoomProblems, poolProblems } from "./rules/addresses";
import { argumentProblems } from "./rules/arguments";
import { colocationProblems } from "./rules/colocation";
import { cycleProblems, dependencyProblems } from "./rules/dependencies";
import { configFileProblems, contextProblems, stepFileProblems } from "./rules/files";
import { hostLineProblems } from "./rules/hosts";
import { buildSecretProblems, imageProblems, pinProblems } from "./rules/images";
import { jobProblems } from "./rules/jobs";
import { doubledNameProblems } from "./rules/names";
import { networkProblems } from "./rules/networks";
import { constraintProblems, hostSizeProblems, placementProblems } from "./rules/placement";
import {
  meshProblems,
  replicaProblems,
  reservedPortProblems,
  samePortProblems,
} from "./rules/ports";
import { referenceProblems } from "./rules/references";
import { replicationProblems } from "./rules/replication";
import { aliasProblems, networkNameProblems, serviceNameProblems } from "./rules/reserved-names";
import { reservationProblems } from "./rules/reservations";
import { orderProblems } from "./rules/rollout";
import type { Rule, RuleInput } from "./rules/rule";
import { stageSecretProblems } from "./rules/stage-secrets";
import { systemdProblems } from "./rules/systemd";
import { targetProblems } from "./rules/targets";
import {
  configTemplateProblems,
  hostnameProblems,
  templateProblems,
  volumeTemplateProblems,
} from "./rules/templates";
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
  networkNameProblems,
  serviceNameProblems,
  aliasProblems,
  templateProblems,
  volumeTemplateProblems,
  configTemplateProblems,
  hostnameProblems,
  argumentProblems,
  targetProblems,
  reservedPortProblems,
  replicaProblems,
  meshProblems,
  samePortProblems,
  networkProblems,
  networkRoomProblems,
  poolProblems,
  replicationProblems,
  writerProblems,
  orderProblems,
  jobProblems,
  placementProblems,
  constraintProblems,
  hostSizeProblems,
  reservationProblems,
  systemdProblems,
  hostLineProblems,
  stageSecretProblems,
  pinProblems,
];

/** The problems that show only when the parts of a site and a stage are seen together. */
export function siteRuleProblems(input: RuleInput): readonly Problem[] {
  return rules.flatMap((rule) => rule(input));
}
