import { InventoryError } from "../../../../model/problem/problems";
import { planAws, siteWithData } from "./aws-plans";

/** The problems of a stage that is to be built, as `path | remedy`. */
function problemsOf(change: Parameters<typeof planAws>[0]): readonly string[] {
  try {
    planAws(change);
    return [];
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    return error.problems.map(({ path, remedy }) => `${path} | ${remedy}`);
  }
}

const zonesOfTokyo =
  "write zones of one region, e.g. [ap-northeast-1a, ap-northeast-1c, ap-northeast-1d]";

test("a stage with everything can be built", () => {
  expect(problemsOf({})).toEqual([]);
});

test.each<[string, Parameters<typeof planAws>[0], readonly (string | RegExp)[]]>([
  [
    "no network for SSH: never the whole world",
    { options: { sshSources: [] } },
    [
      /^Pulumi\.staging\.yaml: hive:aws\.sshSources \| write the network of the computer that runs hive/,
    ],
  ],
  [
    "a key of another region",
    { options: { kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/0" } },
    [/^Pulumi\.staging\.yaml: hive:aws\.kmsKey \| write the ARN of a key of ap-northeast-1/],
  ],
  [
    "SSH from everywhere",
    { options: { sshSources: ["0.0.0.0/0"] } },
    [
      "Pulumi.staging.yaml: hive:aws.sshSources[0] | write the networks from which operators come, e.g. 203.0.113.0/24",
    ],
  ],
  [
    "an address instead of a network",
    { options: { sshSources: ["203.0.113.7"] } },
    [
      "Pulumi.staging.yaml: hive:aws.sshSources[0] | write an address, a slash and a prefix length, e.g. 172.29.16.0/24",
    ],
  ],
  [
    "the zones of other fleets",
    { raw: { "hive:zones": '["zone-a","zone-b","zone-c"]' } },
    [0, 1, 2].map((place) => `Pulumi.staging.yaml: hive:zones[${place}] | ${zonesOfTokyo}`),
  ],
  [
    "zones of two regions",
    { raw: { "hive:zones": '["ap-northeast-1a","ap-northeast-1c","eu-central-1a"]' } },
    [`Pulumi.staging.yaml: hive:zones[2] | ${zonesOfTokyo}`],
  ],
  [
    "zones of another region than the stage's",
    { options: { region: "eu-central-1" } },
    [0, 1, 2].map(
      (place) =>
        `Pulumi.staging.yaml: hive:zones[${place}] | write zones of one region, e.g. [eu-central-1a, eu-central-1c, eu-central-1d]`,
    ),
  ],
  [
    "the address of a server that is not there",
    { options: { elasticIps: { hive7: "eipalloc-0123456789abcdef0" } } },
    [
      "Pulumi.staging.yaml: hive:aws.elasticIps.hive7 | write it under the name of a server, or remove it",
    ],
  ],
  [
    "one address for two servers",
    {
      options: {
        elasticIps: { hive0: "eipalloc-0123456789abcdef0", hive1: "eipalloc-0123456789abcdef0" },
      },
    },
    [
      "Pulumi.staging.yaml: hive:aws.elasticIps.hive1 | write an address of its own for each server",
    ],
  ],
  [
    "a network without room for three subnets",
    { raw: { "hive:cidr": "10.17.16.0/27" } },
    ["Pulumi.staging.yaml: hive:cidr | write a network from a /16 to a /26, better a /24"],
  ],
  [
    "a network that is larger than a VPC",
    { raw: { "hive:cidr": "10.16.0.0/12" } },
    ["Pulumi.staging.yaml: hive:cidr | write a network from a /16 to a /26, better a /24"],
  ],
  [
    "a system disk that the image does not fit on",
    { options: { rootDisks: { cluster: "7GiB" } } },
    ["Pulumi.staging.yaml: hive:aws.rootDisks.cluster | write a size such as 20GiB"],
  ],
  [
    "two volumes whose disks would have one name",
    {
      site: {
        ...siteWithData,
        volumes: {
          "ldap-data": { replicated: { size: "1GiB", minor: 1001 } },
          mail: { replicated: { size: "1GiB", minor: 2001 } },
        },
      },
    },
    [
      /volumes\.mail\.replicated\.minor \| write another minor, which differs in the last two digits/,
    ],
  ],
  [
    "an image that is none",
    { options: { ami: "debian-13" } },
    ["Pulumi.staging.yaml: hive:aws.ami | write e.g. ami-0123456789abcdef0"],
  ],
  [
    "an endpoint of an unknown service, or without a scheme",
    { options: { endpoints: { ec3: "http://127.0.0.1:5000", sts: "127.0.0.1:5000" } } },
    [/hive:aws\.endpoints\.sts \| write a URL/, /hive:aws\.endpoints/],
  ],
])("%s is refused with what to write instead", (_what, change, problems) => {
  const found = problemsOf(change);
  expect(found).toHaveLength(problems.length);
  for (const problem of problems)
    expect(found).toContainEqual(
      typeof problem === "string" ? problem : expect.stringMatching(problem),
    );
});

test("no operator is a problem beside the others: all are told at once", () => {
  expect(problemsOf({ options: { sshSources: [] }, raw: { "hive:operators": "[]" } })).toHaveLength(
    2,
  );
});
