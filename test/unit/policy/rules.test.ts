import { rules } from "../../../policy/rules/all";
import type { Target } from "../../../policy/rule";

const target = (
  type: string,
  props: Record<string, unknown>,
  { name = "x", protect = false } = {},
): Target => ({
  ...{ type, name, props, protect },
  urn: `urn:pulumi:production::hive::${type}::${name}`,
});

const ingress = (props: Record<string, unknown>): Target =>
  target("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
    ipProtocol: "tcp",
    ...props,
  });
const service = (props: Record<string, unknown>): Target =>
  target("pulumi-nodejs:dynamic/hive:SwarmService", props);
const instance = (props: Record<string, unknown>, protect = true): Target =>
  target("aws:ec2/instance:Instance", props, { protect });
const disk = (props: Record<string, unknown>, protect = true): Target =>
  target("aws:ebs/volume:Volume", props, { protect });

const world = { cidrIpv4: "0.0.0.0/0" };
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
    ],
    [
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
    ],
    [
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
    [disk({}), instance({}), target("aws:ec2/vpc:Vpc", {})],
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
  const faults = (targets: readonly Target[], stage = "production") =>
    rules.find((rule) => rule.id === id)?.faults([web, ...targets], stage) ?? [];

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
