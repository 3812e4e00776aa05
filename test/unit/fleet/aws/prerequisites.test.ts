import { planAwsFleet } from "../../../../fleet/aws/plan";
import {
  type AccountFacts,
  accountProblems,
  additionsOf,
} from "../../../../fleet/aws/prerequisites/judge";
import { remedyOf } from "../../../../fleet/aws/prerequisites/remedies";
import type { Site } from "../../../../model/inventory";
import { planAws, siteWithData } from "./aws-plans";

const fleet = planAwsFleet(planAws());

const kmsKey = "arn:aws:kms:ap-northeast-1:123456789012:key/0";
const address = "eipalloc-0123456789abcdef0";

/** A new account that has all that the stage needs. */
const fresh: AccountFacts = {
  account: "123456789012",
  zones: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"],
  processors: { "t3.medium": 2, "t3.small": 2 },
  addresses: [],
  users: {},
  all: { vpcs: 1, instances: 0 },
  own: { vpcs: 0, addresses: 0, instances: [] },
  limits: { vpcs: 5, addresses: 5, processors: 32 },
};

const problems = (change: Partial<AccountFacts>, options: object = {}) =>
  accountProblems("staging", planAwsFleet(planAws({ options })), { ...fresh, ...change }).map(
    ({ path, value = "", message, remedy }) => `${path} | ${value} | ${message} | ${remedy}`,
  );

test("an account that has everything has no problem", () => {
  expect(problems({})).toEqual([]);
});

test("a key that can encrypt, and an address that a server of the stage has, are no problem", () => {
  const key = { enabled: true, keyState: "Enabled", keySpec: "SYMMETRIC_DEFAULT" };
  const users = { [address]: { id: "i-1", association: "eipassoc-1" } };
  const own = { ...fresh.own, instances: ["i-1"] };
  const facts = { key, addresses: [address], users, own };
  expect(problems(facts, { kmsKey, elasticIps: { hive1: address } })).toEqual([]);
});

test("a type that only the site's own transform names is told where it is written", () => {
  const site: Site = {
    ...siteWithData,
    transform: {
      instance: (instance, { name }) =>
        name === "hive1" ? { ...instance, type: "t9.huge" } : instance,
    },
  };
  const found = accountProblems("staging", planAwsFleet(planAws({ site })), {
    ...fresh,
    processors: { ...fresh.processors, "t9.huge": undefined },
  });
  expect(found).toEqual([
    expect.objectContaining({
      path: expect.stringMatching(/transform\.instance\("hive1"\)\.type$/) as unknown,
      value: "t9.huge",
    }),
  ]);
});

test.each<[string, Partial<AccountFacts>, object, RegExp]>([
  [
    "a zone that the account may not use",
    { zones: ["ap-northeast-1a", "ap-northeast-1c"] },
    {},
    /^Pulumi\.staging\.yaml: hive:zones\[2\] \| ap-northeast-1d \| .*123456789012.* \| write some of ap-northeast-1a, ap-northeast-1c$/,
  ],
  [
    "an image that is not there",
    { imageFault: "there is none of that name" },
    { ami: "ami-0123456789abcdef0" },
    /hive:aws\.ami \| ami-0123456789abcdef0 \| cannot be found in ap-northeast-1/,
  ],
  [
    "an instance type that the region does not have",
    { processors: { "t3.medium": 2, "t3.small": undefined } },
    {},
    /hive:aws\.instanceTypes\.repository \| t3\.small \| .*describe-instance-type-offerings/,
  ],
  [
    "a key that is not enabled",
    { key: { enabled: false, keyState: "PendingDeletion", keySpec: "SYMMETRIC_DEFAULT" } },
    { kmsKey },
    /hive:aws\.kmsKey \| arn:aws:kms:ap-northeast-1:123456789012:key\/0 \| cannot encrypt disks: it is not enabled \(PendingDeletion\) \| write the ARN of a symmetric key that is enabled in ap-northeast-1/,
  ],
  [
    "a key that is not symmetric",
    { key: { enabled: true, keyState: "Enabled", keySpec: "RSA_2048" } },
    { kmsKey },
    /cannot encrypt disks: it is no symmetric key \(RSA_2048\)/,
  ],
  [
    "a key that cannot be read",
    { key: { unread: "does not exist" } },
    { kmsKey },
    /cannot encrypt disks: it does not exist/,
  ],
  [
    "an address that something else uses",
    { addresses: [address], users: { [address]: { id: "i-other", association: "eipassoc-1" } } },
    { elasticIps: { hive1: address } },
    /hive:aws\.elasticIps\.hive1 \| eipalloc-0123456789abcdef0 \| is the address of i-other, .* \| .*disassociate-address --region ap-northeast-1 --association-id eipassoc-1$/,
  ],
  [
    "an address of another account",
    { addresses: ["eipalloc-00000000000000001"] },
    { elasticIps: { hive1: "eipalloc-0123456789abcdef0" } },
    /hive:aws\.elasticIps\.hive1 \| eipalloc-0123456789abcdef0 \| is no Elastic IP of the account/,
  ],
  [
    "too few addresses",
    { addresses: ["eipalloc-00000000000000001", "eipalloc-00000000000000002"] },
    {},
    /^AWS account 123456789012, region ap-northeast-1 \| .* may have 5 Elastic IPs, has 2, and this run adds 4 \| .*--quota-code L-0263D0A3 --desired-value 6$/,
  ],
  ["too few VPCs", { all: { vpcs: 5, instances: 0 } }, {}, /may have 5 VPCs, has 5.*adds 1/],
  [
    "too few processors",
    { limits: { ...fresh.limits, processors: 5 } },
    {},
    /may have 5 processors.*has at least 0, and this run adds 8/,
  ],
])("%s is one problem, with its remedy", (_words, change, options, text) => {
  const found = problems(change, options);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(text);
});

test("a limit that the account does not tell is no problem", () => {
  const limits = { vpcs: undefined, addresses: undefined, processors: undefined };
  expect(problems({ limits, all: { vpcs: 500, instances: 500 } })).toEqual([]);
});

test("a stage that is there adds nothing, whatever the limits are", () => {
  const own = { vpcs: 1, addresses: 4, instances: ["i-0", "i-1", "i-2", "i-3"] };
  expect(additionsOf(fleet, { ...fresh, own })).toEqual({ vpcs: 0, addresses: 0, processors: 0 });
  const limits = { vpcs: 1, addresses: 1, processors: 1 };
  expect(problems({ own, limits, all: { vpcs: 5, instances: 20 } })).toEqual([]);
});

test("what the stage brings or has is not counted again", () => {
  const given = planAwsFleet(
    planAws({ options: { elasticIps: { hive1: "eipalloc-0123456789abcdef0" } } }),
  );
  const own = { vpcs: 1, addresses: 1, instances: ["i-0", "i-1", "i-2"] };
  expect(additionsOf(given, { ...fresh, own })).toEqual({ vpcs: 0, addresses: 2, processors: 2 });
});

test("types with a limit of their own do not count for that of standard instances", () => {
  const other = planAwsFleet(
    planAws({ options: { instanceTypes: { cluster: "x2idn.16xlarge" } } }),
  );
  const processors = { "x2idn.16xlarge": 64, "t3.small": 2 };
  expect(additionsOf(other, { ...fresh, processors }).processors).toBe(2);
});

test.each([
  ["api error ExpiredToken: The security token included in the request is expired", /Log in again/],
  ["the SSO session has expired or is invalid", /aws sso login/],
  ["No valid credential sources found. Please see", /No credentials of AWS were found/],
  ["failed to get shared config profile, work", /profile/],
  ["api error InvalidClientTokenId: The security token is invalid", /does not take/],
  ["api error UnauthorizedOperation: You are not authorized", /docs\/aws-policy\.json/],
  ["invalid AWS Region: ap-northeast-9", /no such region/],
  ["dial tcp: lookup ec2.ap-northeast-9.amazonaws.com: no such host", /does not answer/],
])("%s has a remedy", (text, remedy) => {
  expect(remedyOf(text)).toMatch(remedy);
});

test("an error of something else has none of AWS's remedies", () => {
  expect(remedyOf("connect ECONNREFUSED 127.0.0.1:22")).toBeUndefined();
});
