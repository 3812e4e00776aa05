import { planStack } from "../../../../model/plan-site";
import type { Plan } from "../../../../model/plan";
import type { Site } from "../../../../model/site";
import { generateOpenSshKeyPair } from "../../../../providers/ssh-key-pair/openssh-key";

const { publicKey } = generateOpenSshKeyPair("anna");

/** The raw configuration of a stage that can be built in AWS. */
export const rawAws = {
  "hive:fleet": "aws",
  "hive:cidr": "10.17.16.0/24",
  "hive:zones": '["ap-northeast-1a","ap-northeast-1c","ap-northeast-1d"]',
  "hive:operators": JSON.stringify([{ name: "anna", publicKey }]),
};

/** An image that nobody builds. */
export const image = `docker.io/library/nginx:1.27@sha256:${"a".repeat(64)}`;

/** A site with a volume that is replicated elsewhere, and two published ports. */
export const siteWithData: Site = {
  name: "hive.example",
  volumes: { "ldap-data": { replicated: { size: "1.5GiB" } } },
  services: {
    webgate: { image, mode: "global", ports: ["80", "53/udp"] },
    ldap: {
      image,
      volumes: [{ source: "ldap-data", target: "/data" }],
    },
  },
};

/** The plan of a stage in AWS, with what a test changes about it. */
export function planAws(
  change: {
    readonly stage?: "staging" | "production";
    readonly options?: object;
    readonly raw?: Readonly<Record<string, string>>;
    readonly site?: Site;
  } = {},
): Plan {
  const options = { sshSources: ["203.0.113.0/24"], ...change.options };
  return planStack({
    stackName: change.stage ?? "staging",
    config: { ...rawAws, "hive:aws": JSON.stringify(options), ...change.raw },
    site: change.site ?? siteWithData,
    building: true,
  });
}
