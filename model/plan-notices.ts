import { variableNotices } from "./foreign/variables";
import type { ServicePlan, VolumePlan } from "./plan";

/**
 * What the site asks for and no code of hive honours yet, one sentence each in a fixed order: a stage that cannot do a thing
 * says so, and does not pass it over in silence.
 */
export function planNotices(
  services: readonly ServicePlan[],
  volumes: readonly VolumePlan[],
): readonly string[] {
  return [
    ...volumes
      .filter(({ replication }) => replication?.backend === "drbd")
      .map(
        ({ name }) =>
          `The volume ${name} is to be replicated with DRBD, which this version of hive does not set up: it cannot be mounted.`,
      ),
    ...services
      .filter(({ backups }) => backups.length > 0)
      .map(
        ({ name, backups }) =>
          `The service ${name} asks for backups (${backups.map((backup) => backup.name).join(", ")}), which this version of ` +
          "hive does not take.",
      ),
    ...services
      .filter(({ logMonitoring }) => logMonitoring !== undefined)
      .map(
        ({ name }) =>
          `The service ${name} asks for its log to be monitored, which this version of hive does not do.`,
      ),
    ...variableNotices(services),
  ];
}
