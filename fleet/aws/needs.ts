import type { Problem } from "../../model/problem/problems";
import type { StageConfig } from "../../model/stage/schema";
import { clusterIndices, logicalNameOf, repositoryIndex } from "../../model/stage/server-indices";
import { regionOf } from "./region";

/** What a stage must say before servers can be made in AWS. */
export function awsNeeds(
  config: Partial<StageConfig>,
  locate: (key: string) => string,
): readonly Problem[] {
  const { aws, zones, clusterHosts } = config;
  if (aws === undefined) return [];
  return [
    ...(aws.sshSources.length > 0 ? [] : [noSshSource(locate)]),
    ...(zones === undefined ? [] : zoneProblems(zones, aws.region, locate)),
    ...(zones === undefined ? [] : keyProblems(aws.kmsKey, aws.region ?? regionOf(zones), locate)),
    ...(clusterHosts === undefined ? [] : addressProblems(aws.elasticIps, clusterHosts, locate)),
  ];
}

const noSshSource = (locate: (key: string) => string): Problem => ({
  path: locate("aws.sshSources"),
  message:
    "is missing: hive sets the servers up over SSH, and opens it to the networks of operators only",
  remedy:
    "write the network of the computer that runs hive, e.g. sshSources: [203.0.113.7/32]; " +
    "`curl https://checkip.amazonaws.com` shows its address",
});

/** Zones are those of one region. Names of zones of AWS begin with the name of their region. */
function zoneProblems(
  zones: readonly string[],
  wanted: string | undefined,
  locate: (key: string) => string,
): readonly Problem[] {
  const region = wanted ?? regionOf(zones);
  return zones.flatMap((zone, place) => {
    if (region !== undefined && zone.startsWith(region) && zone.length > region.length) return [];
    return [
      {
        path: locate(`zones[${place}]`),
        value: zone,
        message:
          region === undefined
            ? "is not the name of a zone of AWS"
            : `is not a zone of the region ${region}`,
        remedy: `write zones of one region, e.g. [${["a", "c", "d"].map((each) => `${region ?? "ap-northeast-1"}${each}`).join(", ")}]`,
      },
    ];
  });
}

/** A key of KMS encrypts disks of its own region only. */
function keyProblems(
  key: string | undefined,
  region: string | undefined,
  locate: (key: string) => string,
): readonly Problem[] {
  const home = key?.split(":")[3];
  if (home === undefined || region === undefined || home === region) return [];
  return [
    {
      path: locate("aws.kmsKey"),
      value: key ?? "",
      message: `is a key of the region ${home}, and the stage is in ${region}`,
      remedy: `write the ARN of a key of ${region}, or leave the line out: the account's key for EBS is used then`,
    },
  ];
}

/** Each address is for one server that exists. */
function addressProblems(
  elasticIps: Readonly<Record<string, string>>,
  clusterHosts: number,
  locate: (key: string) => string,
): readonly Problem[] {
  const servers = [...clusterIndices(clusterHosts), repositoryIndex].map(logicalNameOf).sort();
  const given = Object.entries(elasticIps);
  return given.flatMap(([server, id], place) => {
    const path = locate(`aws.elasticIps.${server}`);
    const other = given.slice(0, place).find(([, each]) => each === id);
    return [
      ...(servers.includes(server)
        ? []
        : [
            {
              path,
              value: id,
              message: `is the address of a server that the stage does not have; it has ${servers.join(", ")}`,
              remedy: "write it under the name of a server, or remove it",
            },
          ]),
      ...(other === undefined
        ? []
        : [
            {
              path,
              value: id,
              message: `is also the address of ${other[0]}`,
              remedy: "write an address of its own for each server",
            },
          ]),
    ];
  });
}
