import { givenServers, type GivenServer } from "../../fleet/given-servers";
import { fleetTraits } from "../../fleet/traits";
import { contains, parseAddress, parseCidr } from "../network/addresses";
import type { Problem } from "../problem/problems";
import type { StageConfig } from "./schema";
import { clusterIndices, logicalNameOf, repositoryIndex, zoneOf } from "./server-indices";

/**
 * Checks existing servers that a stage lists, together with the rest of its configuration.
 */

/** The zones of the cluster servers, in the order of their indices. */
export function zonesOfCluster(
  config: Pick<StageConfig, "clusterHosts" | "zones"> & Partial<Pick<StageConfig, "prepared">>,
): readonly string[] {
  const given = givenServers(config)?.servers;
  return clusterIndices(config.clusterHosts).map(
    (index) => given?.[logicalNameOf(index)]?.zone ?? zoneOf(index, config.zones),
  );
}

/**
 * The problems of the servers that a stage lists: one is missing or unknown, an address is outside
 * of the network or used twice.
 *
 * @param written the keys that the stage has, without the prefix
 */
export function givenServerProblems(
  config: Partial<StageConfig>,
  written: ReadonlyMap<string, string>,
  locate: (key: string) => string,
): readonly Problem[] {
  const { fleet, clusterHosts, cidr, oneTimePasswords = [] } = config;
  if (fleet === undefined) return [];
  if (fleetTraits[fleet].addresses === "dealt") {
    if (oneTimePasswords.length === 0) return [];
    return [
      {
        path: locate("oneTimePasswords"),
        message: `gives hive access to existing servers, but the ${fleet} fleet creates its own`,
        remedy: "remove it",
      },
    ];
  }
  const given = givenServers(config);
  if (given === undefined) {
    // If the key exists, it has problems of its own.
    if (written.has("prepared")) return [];
    return [
      {
        path: locate("prepared"),
        message: `is missing: the fleet is ${fleet}, whose existing servers must be listed`,
        remedy: "write the servers below hive:prepared: hosts:, see docs/build-prepared.md",
      },
    ];
  }
  if (clusterHosts === undefined) return [];
  const wanted = [...clusterIndices(clusterHosts), repositoryIndex].map(logicalNameOf).sort();
  const servers = Object.entries(given.servers);
  const pathOf = (name: string, key = ""): string => locate(`${given.key}.${name}${key}`);
  const missing = wanted
    .filter((name) => given.servers[name] === undefined)
    .map((name) => ({
      path: pathOf(name),
      message: `is missing: a cluster of ${clusterHosts} has the servers ${wanted.join(", ")}, of which ${logicalNameOf(repositoryIndex)} is the repository server`,
      remedy: "write its address and its hostKey",
    }));
  const needless = servers
    .filter(([name]) => !wanted.includes(name))
    .map(([name]) => ({
      path: pathOf(name),
      message: `is not a server of this stage: a cluster of ${clusterHosts} has the servers ${wanted.join(", ")}`,
      remedy: "remove it, or write a larger hive:clusterHosts",
    }));
  const outside = servers.flatMap(([name, { privateAddress }]) =>
    cidr === undefined || contains(parseCidr(cidr), parseAddress(privateAddress) ?? 0)
      ? []
      : [
          {
            path: pathOf(name, ".privateAddress"),
            value: privateAddress,
            message: `is not inside ${locate("cidr")} (${cidr}), the network that joins the servers`,
            remedy:
              "write the address that the server has there, or the network that holds all of them",
          },
        ],
  );
  const twice = servers.flatMap(([name, server], place) => {
    const earlier = servers.slice(0, place);
    return identities(server).flatMap(({ key, value, own }) => {
      const other = earlier.find(([, each]) =>
        identities(each).some((one) => one.key === key && one.value === value),
      );
      return other === undefined
        ? []
        : [
            {
              path: pathOf(name, `.${key}`),
              value,
              message: `is also that of ${other[0]}`,
              remedy: `write each server's own ${own}`,
            },
          ];
    });
  });
  const nobodys = oneTimePasswords
    .filter((name) => !wanted.includes(name))
    .map((name) => ({
      path: locate(`oneTimePasswords.${name}`),
      message: `is not the password of a server of this stage, which has ${wanted.join(", ")}`,
      remedy: "write it under a server's name, or remove it",
    }));
  return [...missing, ...needless, ...outside, ...twice, ...nobodys];
}

/**
 * Facts that two servers must not share: an unchanged copy of a line would set up one machine
 * twice.
 */
function identities(server: GivenServer): readonly {
  readonly key: string;
  readonly value: string;
  readonly own: string;
}[] {
  const { privateAddress, hostKey } = server;
  return [
    { key: "privateAddress", value: privateAddress, own: "address" },
    { key: "hostKey", value: hostKey, own: "host key" },
  ];
}
