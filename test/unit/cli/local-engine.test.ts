import {
  describeObjects,
  type DockerObject,
  leftovers,
  missing,
} from "../../../fleet/container/objects";
import {
  holdsRetired,
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
