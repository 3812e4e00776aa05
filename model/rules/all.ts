import type { Problem } from "../problem/problems";
import { networkRoomProblems, poolProblems } from "./addresses";
import { argumentProblems } from "./arguments";
import { colocationProblems } from "./colocation";
import { demoPeopleProblems } from "./demo-people";
import { cycleProblems, dependencyProblems } from "./dependencies";
import { externalProblems } from "./externals";
import { configFileProblems, contextProblems, stepFileProblems } from "./files";
import { hostLabelProblems } from "./host-labels";
import { hostLineProblems } from "./hosts";
import { buildSecretProblems, imageProblems, pinProblems } from "./images";
import { jobProblems } from "./jobs";
import { doubledNameProblems } from "./names";
import { networkProblems } from "./networks";
import { constraintProblems, hostSizeProblems, placementProblems } from "./placement";
import { meshProblems, replicaProblems, reservedPortProblems, samePortProblems } from "./ports";
import { referenceProblems } from "./references";
import { deviceProblems } from "./devices";
import { diskNameProblems } from "./disk-names";
import { replicationProblems } from "./replication";
import { aliasProblems, networkNameProblems, serviceNameProblems } from "./reserved-names";
import { reservationProblems } from "./reservations";
import { orderProblems } from "./rollout";
import { rootAccessProblems } from "./root-access";
import {
  gateCertificateProblems,
  gateLoginProblems,
  routeProblems,
  sameRouteProblems,
} from "./routes";
import type { Rule, RuleInput } from "./rule";
import { stageSecretProblems } from "./stage-secrets";
import { systemdProblems } from "./systemd";
import { targetProblems } from "./targets";
import {
  configTemplateProblems,
  hostnameProblems,
  templateProblems,
  volumeTemplateProblems,
} from "./templates";
import { writerProblems } from "./writers";

/** All rules, in the order in which their problems are reported: missing objects first. */
const rules: readonly Rule[] = [
  imageProblems,
  buildSecretProblems,
  referenceProblems,
  externalProblems,
  contextProblems,
  configFileProblems,
  stepFileProblems,
  demoPeopleProblems,
  dependencyProblems,
  cycleProblems,
  colocationProblems,
  doubledNameProblems,
  networkNameProblems,
  serviceNameProblems,
  aliasProblems,
  gateCertificateProblems,
  gateLoginProblems,
  routeProblems,
  sameRouteProblems,
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
  deviceProblems,
  diskNameProblems,
  writerProblems,
  orderProblems,
  jobProblems,
  hostLabelProblems,
  placementProblems,
  constraintProblems,
  hostSizeProblems,
  reservationProblems,
  systemdProblems,
  rootAccessProblems,
  hostLineProblems,
  stageSecretProblems,
  pinProblems,
];

/** The problems that appear only when the parts of a site and a stage are combined. */
export function siteRuleProblems(input: RuleInput): readonly Problem[] {
  return rules.flatMap((rule) => rule(input));
}
