import {
  describeObjects,
  type DockerObject,
  leftovers,
  missing,
} from "../../../fleet/container/objects";
import {
  firstCreated,
  holdsRetired,
  readOpenCreates,
  readResource,
  readSecret,
  readState,
  withoutPending,
  withoutRetired,
} from "../../../cli/pulumi/state";

const owner = { site: "hive.example", stage: "private" };
const object = (
  kind: DockerObject["kind"],
  id: string,
  more: Partial<DockerObject> = {},
): DockerObject => ({
  kind,
  id,
  name: `${kind}-${id}`,
  labels: { "hive.site": "hive.example", "hive.stage": "private" },
  ...more,
});
const resource = (type: string, id: string) =>
  readResource({ urn: `urn:x::y::${type}::${id}`, type, id });
const container = "docker:index/container:Container";

test("what carries the stage's labels and is not recorded is a leftover", () => {
  const objects = [
    object("container", "recorded"),
    object("container", "orphan"),
    object("network", "net"),
    object("container", "other-stage", {
      labels: { "hive.site": "hive.example", "hive.stage": "staging" },
    }),
    object("container", "other-site", {
      labels: { "hive.site": "b.example", "hive.stage": "private" },
    }),
    object("container", "somebody-else", { labels: {} }),
  ];
  expect(leftovers(objects, [resource(container, "recorded")], owner).map(({ id }) => id)).toEqual([
    "orphan",
    "net",
  ]);
});

test("resources whose object is gone are found, whoever removed it; others are left alone", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const resources = [
    resource(container, "here"),
    resource(container, "gone"),
    resource("docker:index/remoteImage:RemoteImage", `${digest}hive/server:abc`),
    resource("docker:index/remoteImage:RemoteImage", `sha256:${"b".repeat(64)}hive/server:abc`),
    resource("command:remote:Command", "not on this engine"),
  ];
  const objects = [
    object("container", "here", { labels: {} }),
    object("image", digest, { labels: {} }),
  ];
  expect(missing(objects, resources).map(({ id }) => id)).toEqual([
    "gone",
    `sha256:${"b".repeat(64)}hive/server:abc`,
  ]);
});

test("objects are told by kind and name", () => {
  const some = [object("container", "a"), object("network", "n"), object("container", "b")];
  expect(describeObjects(some)).toBe(
    "2 containers (container-a, container-b) and 1 network (network-n)",
  );
});

describe("state", () => {
  const exported = JSON.stringify({
    version: 3,
    deployment: {
      secrets_providers: { type: "passphrase", state: { salt: "v1:x" } },
      resources: [{ urn: "urn:a", type: "t", id: "1", outputs: { secret: { ciphertext: "c" } } }],
      pending_operations: [{ type: "creating", resource: { urn: "urn:b", type: container } }],
    },
  });

  test("open operations are seen", () => {
    expect(readState(exported).pending).toEqual([
      { operation: "creating", urn: "urn:b", type: container },
    ]);
  });

  test("clearing them changes nothing else", () => {
    const cleared = JSON.parse(withoutPending(exported));
    const before = JSON.parse(exported);
    delete before.deployment.pending_operations;
    expect(cleared).toEqual(before);
    expect(readState(withoutPending(exported)).pending).toEqual([]);
  });

  test("a create that counts as ended is in the state then, with what it needs", () => {
    const provider = "urn:a::1";
    const { deployment, ...rest } = JSON.parse(exported);
    deployment.pending_operations[0].resource = { urn: "urn:b", type: container, provider };
    const text = JSON.stringify({ ...rest, deployment });
    const ended = { urn: "urn:b", id: "2", outputs: { publicIp: "192.0.2.1" } };
    const { resources, pending } = readState(withoutPending(text, [ended]));
    expect(pending).toEqual([]);
    expect(resources.map(({ urn, id, outputs }) => [urn, id, outputs])).toEqual([
      ["urn:a", "1", { secret: { ciphertext: "c" } }],
      ["urn:b", "2", { publicIp: "192.0.2.1" }],
    ]);
    expect(withoutPending(text, [ended])).toContain(`"provider":"${provider}"`);
  });

  test("creates of unknown end are read with what they asked for, and of which account", () => {
    const secret = (value: unknown) => ({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: JSON.stringify(value),
    });
    const open = (urn: string, provider: string, type = "creating") => ({
      type,
      resource: { urn, type: "aws:x", provider, inputs: { list: [secret({ a: secret("b") })] } },
    });
    const state = (...pending: object[]) =>
      JSON.stringify({
        deployment: {
          resources: [
            {
              urn: "urn:p",
              id: "1",
              inputs: { __internal: {}, version: "7", region: "x", accessKey: secret("key") },
              created: "2026-12-03T10:00:00Z",
            },
            { urn: "urn:q", id: "1", created: "2026-12-03T09:00:00Z" },
          ],
          pending_operations: pending,
        },
      });
    const two = state(open("urn:a", "urn:p::1"), open("urn:b", "urn:p::1", "updating"));
    expect(readOpenCreates(two, ["urn:a", "urn:b"])).toEqual([
      {
        urn: "urn:a",
        type: "aws:x",
        inputs: { list: [{ a: "b" }] },
        account: { region: "x", accessKey: "key" },
      },
    ]);
    const apart = state(open("urn:a", "urn:p::1"), open("urn:b", "urn:q::1"));
    expect(readOpenCreates(apart, ["urn:a", "urn:b"])).toBeUndefined();
    expect(readOpenCreates(apart, ["urn:b"])).toHaveLength(1);
    expect(readOpenCreates(state(open("urn:a", "urn:gone::1")), ["urn:a"])).toBeUndefined();
    expect(firstCreated(two)).toEqual(new Date("2026-12-03T09:00:00Z"));
    expect(firstCreated("{}")).toBeUndefined();
  });

  test("a stack that was only created has an empty state", () => {
    expect(readState('{"version":3,"deployment":null}')).toEqual({ resources: [], pending: [] });
  });
});

describe("what an older version left in the state", () => {
  const exported = JSON.stringify({
    version: 3,
    deployment: {
      secrets_providers: { type: "passphrase" },
      resources: [
        { urn: "stack", type: "pulumi:pulumi:Stack" },
        { urn: "plugin", type: "pulumi:providers:command", id: "1" },
        { urn: "ready", type: "command:remote:Command", id: "2", dependencies: ["key"] },
        {
          urn: "step",
          type: "pulumi-nodejs:dynamic/hive:HostStep",
          id: "3",
          dependencies: ["key", "ready"],
          propertyDependencies: { host: ["ready"], script: ["key"], none: null },
          deletedWith: "container",
        },
        { urn: "other", type: "docker:index/volume:Volume", id: "4", deletedWith: "ready" },
      ],
    },
  });

  it("is found, and forgotten with what others say of it, and nothing else", () => {
    expect(holdsRetired(readState(exported))).toBe(true);
    const cleared = withoutRetired(exported);
    expect(holdsRetired(readState(cleared))).toBe(false);
    expect(JSON.parse(cleared)).toEqual({
      version: 3,
      deployment: {
        secrets_providers: { type: "passphrase" },
        resources: [
          { urn: "stack", type: "pulumi:pulumi:Stack" },
          {
            urn: "step",
            type: "pulumi-nodejs:dynamic/hive:HostStep",
            id: "3",
            dependencies: ["key"],
            propertyDependencies: { host: [], script: ["key"], none: null },
            deletedWith: "container",
          },
          { urn: "other", type: "docker:index/volume:Volume", id: "4" },
        ],
      },
    });
    expect(withoutRetired(cleared)).toBe(cleared);
  });
});

test.each([
  [{ "4dabf18193072939515e22adb298388d": "x", plaintext: '"a key\\n"' }, "a key\n"],
  ["plain", "plain"],
  [undefined, undefined],
  [{ plaintext: "42" }, undefined],
])("the secret %j of an export is %j", (value, text) => {
  expect(readSecret(value)).toBe(text);
});
