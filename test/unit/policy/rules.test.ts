import { rules } from "../../../policy/rules/all";
import type { Target } from "../../../policy/rule";

const target = (
  type: string,
  props: Record<string, unknown>,
  { name = "x", ...rest }: Partial<Target> = {},
): Target => ({
  ...{ type, name, props, protect: false, dependencies: [] },
  urn: `urn:pulumi:production::hive::${type}::${name}`,
  ...rest,
});

const ingress = (props: Record<string, unknown>): Target =>
  target("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
    ipProtocol: "tcp",
    ...props,
  });
/** The older form of a rule, and a group that says itself what it lets in. */
const groupRule = (props: Record<string, unknown>): Target =>
  target("aws:ec2/securityGroupRule:SecurityGroupRule", {
    ...{ type: "ingress", protocol: "tcp" },
    ...props,
  });
const group = (props: Record<string, unknown>, more: Partial<Target> = {}): Target =>
  target("aws:ec2/securityGroup:SecurityGroup", { ingress: [{ protocol: "tcp", ...props }] }, more);
const service = (props: Record<string, unknown>): Target =>
  target("pulumi-nodejs:dynamic/hive:SwarmService", props);
const instance = (props: Record<string, unknown>, protect = true): Target =>
  target("aws:ec2/instance:Instance", props, { protect });
const disk = (props: Record<string, unknown>, protect = true): Target =>
  target("aws:ebs/volume:Volume", props, { protect });

const vpc = (tags: Record<string, string> | undefined): Target =>
  target("aws:ec2/vpc:Vpc", { ...(tags === undefined ? {} : { tags }), tagsAll: ownTags });
const ownTags = { Name: "x", "hive:site": "hive.example", "hive:stage": "production" };
const setup = { type: "hive:index:HostSetup", name: "setup-hive0" };
const step = (name: string, parent = setup): Target =>
  target("pulumi-nodejs:dynamic/hive:HostStep", {}, { name, parent });
/** A server, and what it waits for by URN. */
const server = (index: number, dependencies: string[] = []): Target =>
  target(
    "aws:ec2/instance:Instance",
    {
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      tags: { "hive:role": index === 3 ? "repository" : "cluster" },
    },
    { name: `fleet-hive${index}`, urn: `server${index}`, dependencies },
  );
/** The last step of a server's set-up. */
const engine = (index: number): Target =>
  target(
    "pulumi-nodejs:dynamic/hive:HostStep",
    {},
    { name: `setup-hive${index}-engine`, urn: `engine${index}`, dependencies: [`server${index}`] },
  );
const fleet = (firstRun: boolean): Target => target("hive:index:AwsFleet", { firstRun });
const fleetOn = (sshPort: number): Target => target("hive:index:AwsFleet", { sshPort });
const given = target("aws:ec2/eip:Eip", { arn: "arn:…" }, { name: "fleet-hive0-given-ip" });

const world = { cidrIpv4: "0.0.0.0/0" };
const worldBlocks = { cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] };
const ssh = { fromPort: 22, toPort: 22 };
const other = { fromPort: 8080, toPort: 8080 };
const filledIn = group({ ...worldBlocks, ...other }, { name: "filled-in" });
const web = service({ ports: [{ published: 443, protocol: "tcp" }] });
const digest = `nginx@sha256:${"a".repeat(64)}`;
const steps = (count: number, type: string): Target[] =>
  Array.from({ length: count }, (_, index) =>
    target(type, {}, { name: `setup-hive1-step${index}` }),
  );

/** What each rule catches, alone or together, and what it lets pass. */
const cases: readonly [
  id: string,
  caught: readonly (Target | readonly Target[])[],
  passed: readonly Target[],
][] = [
  [
    "no-ssh-from-anywhere",
    [
      ingress({ ...world, fromPort: 22, toPort: 22 }),
      ingress({ cidrIpv6: "::/0", fromPort: 20, toPort: 30 }),
      ingress({ ...world, ipProtocol: "-1" }),
      ingress({ ...world, ...ssh, ipProtocol: "6" }),
      ingress({ cidrIpv4: "128.0.0.0/1", ...ssh }),
      ingress({ cidrIpv6: "2000::/3", ...ssh }),
      [fleetOn(2222), ingress({ ...world, fromPort: 2222, toPort: 2222 })],
      groupRule({ ...worldBlocks, ...ssh }),
      groupRule({ ipv6CidrBlocks: ["::/0"], protocol: "all", fromPort: 0, toPort: 0 }),
      group({ ...worldBlocks, ...ssh }),
      group({ ipv6CidrBlocks: ["::/0"], protocol: "-1", fromPort: 0, toPort: 0 }),
    ],
    [
      ingress({ cidrIpv4: "10.0.0.0/8", ...ssh }),
      ingress({ cidrIpv6: "2001::/16", ...ssh }),
      groupRule({ cidrBlocks: ["203.0.113.0/24"], ...ssh }),
      groupRule({ ...worldBlocks, ...ssh, type: "egress" }),
      group({ cidrBlocks: ["203.0.113.0/24"], ...ssh }),
      group({ ...worldBlocks, fromPort: 443, toPort: 443 }),
      ingress({ cidrIpv4: "203.0.113.0/24", fromPort: 22, toPort: 22 }),
      ingress({ ...world, fromPort: 443, toPort: 443 }),
      ingress({ ...world, ipProtocol: "udp", fromPort: 22, toPort: 22 }),
    ],
  ],
  [
    "world-open-ports",
    [
      ingress({ ...world, fromPort: 8080, toPort: 8080 }),
      ingress({ ...world, ipProtocol: "udp", fromPort: 443, toPort: 443 }),
      ingress({ ...world, fromPort: 0, toPort: 65_535 }),
      ingress({ cidrIpv4: "0.0.0.0/1", ...other }),
      ingress({ cidrIpv6: "::/15", ...other }),
      groupRule({ ...worldBlocks, ...other }),
      group({ ...worldBlocks, ...other }),
    ],
    [
      groupRule({ ...worldBlocks, ...other, type: "egress" }),
      groupRule({ ...worldBlocks, fromPort: 443, toPort: 443 }),
      group({ ...worldBlocks, fromPort: 443, toPort: 443 }),
      // The provider fills in what rules of their own say.
      filledIn,
      target("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", world, {
        dependencies: [filledIn.urn],
      }),
      ingress({ ...world, fromPort: 443, toPort: 443 }),
      ingress({ ...world, ipProtocol: "udp", fromPort: 53, toPort: 53 }),
      ingress({ cidrIpv4: "10.0.0.0/8", fromPort: 8080, toPort: 8080 }),
    ],
  ],
  [
    "imdsv2-required",
    [
      instance({}),
      instance({ metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 } }),
    ],
    [instance({ metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 } })],
  ],
  [
    "disks-encrypted",
    [instance({ rootBlockDevice: { volumeType: "gp3" } }), disk({ encrypted: false })],
    [instance({ rootBlockDevice: { encrypted: true } }), disk({ encrypted: true })],
  ],
  [
    "production-protected",
    [disk({}, false), target("aws:ec2/eip:Eip", {})],
    [disk({}), instance({}), target("aws:ec2/vpc:Vpc", {}), given],
  ],
  [
    "images-by-digest",
    [service({ image: "nginx:1.29" })],
    [service({ image: digest }), service({})],
  ],
  [
    "no-plain-secrets",
    [
      service({ environment: { DB_PASSWORD: "x" } }),
      service({ environment: { SETTINGS: "-----BEGIN OPENSSH PRIVATE KEY-----" } }),
      service({ environment: { LABEL: "AKIAIOSFODNN7EXAMPLE" } }),
    ],
    [service({ environment: { DB_PASSWORD_FILE: "/run/secrets/db", TOKENS: "7", TOKEN: "" } })],
  ],
  [
    "named-by-rule",
    [
      step("setup-hive0_base"),
      step("Setup-hive0-base"),
      step("setup-hive1-base"),
      step("setup-hive01"),
    ],
    [
      step("setup-hive0-base"),
      step("setup-hive0"),
      step("fleet-rule-ssh-203.0.113.0-24", { type: "hive:index:Hive", name: "hive" }),
      target("pulumi:providers:docker", {}, { name: "default_5_2_0" }),
    ],
  ],
  [
    "tagged-by-rule",
    [
      vpc(undefined),
      vpc({ Name: "x", "hive:site": "hive.example" }),
      vpc({ ...ownTags, Name: "" }),
      vpc({ ...ownTags, "hive:stage": "staging" }),
    ],
    [vpc({ ...ownTags, team: "web" }), target("aws:ec2/route:Route", {}), given],
  ],
  [
    "one-host-at-a-time",
    [
      [server(0), server(1)],
      [server(0), engine(0), server(1, ["engine0"]), engine(1), server(2, ["engine0"])],
      [fleet(false), server(0), server(1)],
    ],
    [server(0), engine(0), server(1, ["engine0"]), engine(1), server(2, ["engine1"]), server(3)],
  ],
  [
    "resources-per-host",
    [steps(7, "pulumi-nodejs:dynamic/hive:HostStep"), steps(6, "aws:ec2/instance:Instance")],
    [
      ...steps(6, "pulumi-nodejs:dynamic/hive:HostStep"),
      ...steps(5, "aws:ec2/instance:Instance"),
      ...steps(4, "aws:ebs/volume:Volume"),
      ...steps(9, "hive:index:HostSetup"),
    ],
  ],
];

test("every rule is tried here, and says why it is and what to do", () => {
  expect(cases.map(([id]) => id).sort()).toEqual(rules.map(({ id }) => id).sort());
  for (const { why, remedy } of rules) {
    expect(why).toMatch(/^[A-Z].+\.$/);
    expect(remedy).toMatch(/^[A-Z].+\.$/);
  }
});

describe.each(cases)("%s", (id, caught, passed) => {
  const faults = (targets: readonly Target[]) =>
    rules.find((rule) => rule.id === id)?.faults([web, ...targets], "production") ?? [];

  test.each(caught.map((one) => [[one].flat()] as const))("catches case %#", (broken) => {
    expect(faults(broken)).not.toEqual([]);
  });

  test("lets pass", () => {
    expect(faults(passed)).toEqual([]);
  });
});

test("staging need not be protected", () => {
  const rule = rules.find(({ id }) => id === "production-protected");
  expect(rule?.faults([disk({}, false)], "staging")).toEqual([]);
});

test("a first run may make all servers at once", () => {
  const rule = rules.find(({ id }) => id === "one-host-at-a-time");
  expect(rule?.faults([fleet(true), server(0), server(1)], "staging")).toEqual([]);
});

test("port 22 is a service's own where SSH has another one", () => {
  const rule = rules.find(({ id }) => id === "no-ssh-from-anywhere");
  expect(rule?.faults([fleetOn(2222), ingress({ ...world, ...ssh })], "staging")).toEqual([]);
});

test("a group whose rules a preview does not know yet hides nothing else", () => {
  const unknown = Object.defineProperty({}, "ingress", {
    get: () => {
      throw new Error("array value at .ingress can't be known during preview");
    },
  });
  const targets = [
    target("aws:ec2/securityGroup:SecurityGroup", unknown),
    ingress({ ...world, ...ssh }),
  ];
  const rule = rules.find(({ id }) => id === "no-ssh-from-anywhere");
  expect(rule?.faults(targets, "staging")).toHaveLength(1);
});

test("an image that a preview does not know yet breaks no rule", () => {
  const unknown = Object.defineProperty({}, "image", {
    get: () => {
      throw new Error("string value at .image can't be known during preview");
    },
  });
  const rule = rules.find(({ id }) => id === "images-by-digest");
  expect(rule?.faults([service(unknown), service({ image: "nginx" })], "s")).toHaveLength(1);
});

test("no message repeats a value that is secret", () => {
  const rule = rules.find(({ id }) => id === "no-plain-secrets");
  const [fault] = rule?.faults([service({ environment: { PASSWORD: "planted" } })], "s") ?? [];
  expect(fault?.text).toContain("PASSWORD");
  expect(fault?.text).not.toContain("planted");
});
