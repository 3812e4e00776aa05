import type { Rule, Target } from "../rule";

/** hive's own resources of a server, and the cloud's beside two for each volume. */
const limits = { hive: 6, cloud: 5 };

/** A server takes few resources: each is a row in every preview, and time in every run. */
export const resourcesPerHost: Rule = {
  id: "resources-per-host",
  severity: "low",
  enforcement: "advisory",
  why: "Previews must stay readable, and a run must end soon, also with many servers.",
  remedy: "Put what belongs to one server into the steps that it has (components/host-setup.ts).",
  faults: (targets) => {
    const byHost = new Map<string, Target[]>();
    for (const target of targets) {
      // `fleet-hive0-power`, `setup-hive0-base`.
      const host = /(?:^|-)(hive\d)(?=$|-)/.exec(target.name)?.[1];
      if (host !== undefined && !isComponent(target))
        byHost.set(host, [...(byHost.get(host) ?? []), target]);
    }
    return [...byHost].flatMap(([host, own]) => {
      const cloud = own.filter(({ type }) => !type.startsWith("pulumi-nodejs:dynamic/"));
      // A disk and its attachment belong to a volume.
      const disks = cloud.filter(({ type }) => /:(Volume|VolumeAttachment)$/.test(type));
      const counts = { hive: own.length - cloud.length, cloud: cloud.length - disks.length };
      return (["hive", "cloud"] as const)
        .filter((kind) => counts[kind] > limits[kind])
        .map((kind) => ({
          text: `${host} has ${counts[kind]} resources of the ${kind === "hive" ? "site" : "cloud"}; at most ${limits[kind]} are wanted.`,
        }));
    });
  },
};

function isComponent({ type }: Target): boolean {
  return type.startsWith("hive:");
}
