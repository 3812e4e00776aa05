import { type PreviewStep, readPreview, restOfRun } from "../../../cli/pulumi/rest-of-run";
import { readResource, type StateResource } from "../../../cli/pulumi/state";
import { componentType, dynamicType } from "../../../cli/pulumi/urn";

const phaseOf: Readonly<Record<string, string>> = {
  SwarmCluster: "SetupHosts",
  ImageBuild: "BuildImages",
  SwarmNetwork: "BuildNetworks",
  Volume: "BuildVolumes",
  ServiceInitialization: "InitializeServices",
};

/** A resource whose id is `<name>-id`, and whose inputs are its outputs too. */
function record(
  kind: string,
  name: string,
  { dependencies = [], parent, ...values }: Values = {},
): StateResource {
  const phase = phaseOf[kind] ?? "DeployServices";
  return readResource({
    urn: `urn:pulumi:private::hive::hive:phase:${phase}$${dynamicType(kind)}::${name}`,
    type: dynamicType(kind),
    id: `${name}-id`,
    dependencies: dependencies.map(({ urn }) => urn),
    ...(parent === undefined ? {} : { parent: parent.urn }),
    inputs: { name, ...values },
    outputs: { name, ...values },
  });
}

interface Values {
  readonly dependencies?: readonly StateResource[];
  readonly parent?: StateResource;
  readonly [value: string]: unknown;
}

const component = (name: string): StateResource =>
  readResource({
    urn: `urn:pulumi:private::hive::${componentType("SwarmService")}::${name}`,
    type: componentType("SwarmService"),
  });
const service = (name: string, values: Values = {}) => record("SwarmService", name, values);
const volume = (source: string) => ({ mounts: [{ kind: "volume", source }] });
const port = (published: number) => ({ ports: [{ published, protocol: "tcp" }] });
const network = (id: string) => ({ networks: [{ id }] });

const create = (one: StateResource): PreviewStep => ({
  operation: "create",
  urn: one.urn,
  states: [one],
});
const change = (old: StateResource, one: StateResource = old): PreviewStep => ({
  operation: "update",
  urn: one.urn,
  states: [old, one],
});
const replace = (old: StateResource, one: StateResource = old): PreviewStep => ({
  operation: "replace",
  urn: one.urn,
  states: [old, one],
});
const remove = (one: StateResource): PreviewStep => ({
  operation: "delete",
  urn: one.urn,
  states: [one],
});

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/**
 * Names of what is still done after a service, or something else, failed.
 *
 * @param before what there was before the run, beside what the steps change and remove
 */
function done(
  failed: StateResource,
  steps: readonly PreviewStep[],
  before: readonly StateResource[] = [failed],
): string[] {
  const there = steps
    .filter(({ operation }) => operation !== "create")
    .flatMap(({ states }) => states.slice(0, 1));
  return restOfRun({
    preview: [change(failed), ...steps],
    before: [...before, ...there],
    now: [failed, ...there],
    failed: [failed.urn],
  }).targets.map(nameOf);
}

const gate = service("gate", { ...volume("pages"), ...port(80), ...network("front") });

test("what has nothing to do with the failure is done: changes, new services, removals", () => {
  const old = service("old", network("front"));
  const back = record("SwarmNetwork", "back");
  expect(
    done(gate, [change(service("other")), create(service("new")), remove(old), remove(back)]),
  ).toEqual(["other", "new", "old", "back"]);
});

test("what depends on the failure waits, through what does not change too", () => {
  const data = record("ServiceInitialization", "data", { dependencies: [gate] });
  const after = service("after", { dependencies: [data] });
  const last = service("last", { dependencies: [after] });
  expect(done(gate, [change(after), create(last), change(service("other"))], [gate, data])).toEqual(
    ["other"],
  );
});

const free = record("SwarmNetwork", "free");

describe("a removal waits", () => {
  test.each<[string, StateResource]>([
    ["of a service that has the volume", service("old", volume("pages"))],
    ["of a service that has the port", service("old", port(80))],
    [
      "of the initial data's record of a volume",
      record("ServiceInitialization", "steps", { volumes: ["pages"] }),
    ],
    ["of the volume itself", record("Volume", "pages")],
  ])("%s", (_, removed) => {
    expect(done(gate, [remove(removed), remove(free)])).toEqual(["free"]);
  });

  test("of a service whose initial data is recorded stays with it, and so do its network and component", () => {
    const parent = component("old");
    const back = record("SwarmNetwork", "back");
    const old = service("old", { ...port(80), dependencies: [back], parent });
    const steps = record("ServiceInitialization", "old-steps", { dependencies: [old] });
    expect(done(gate, [remove(old), remove(steps), remove(back), remove(parent)])).toEqual([]);
  });

  const app = service("app", { environment: ["URL=http://shop:8080/"] });
  test.each<[string, StateResource, StateResource]>([
    ["a service whose name it has in its settings", app, service("shop")],
    [
      "a service that it depended on",
      service("app", { dependencies: [service("am")] }),
      service("am"),
    ],
    [
      "a secret that it read",
      service("app", { secrets: [{ name: "key-1" }] }),
      record("SwarmSecret", "key-1"),
    ],
    [
      "a network that it was in, by its id",
      service("app", network("back-id")),
      record("SwarmNetwork", "back"),
    ],
    [
      "the image that it ran",
      service("app", { image: "registry:5000/app-id@sha256:00" }),
      record("ImageBuild", "app"),
    ],
  ])(
    "of what the release before uses, to which the Swarm has turned back: %s",
    (_, before, removed) => {
      // The new release, as the state has it after the roll-back, tells nothing of it.
      expect(done(service("app"), [remove(removed), remove(free)], [before])).toEqual(["free"]);
    },
  );

  test("of a service in whose place a new one fails: it may be its successor", () => {
    const store = service("store", network("back"));
    const distant = service("distant", network("elsewhere"));
    const store2 = service("store2", network("back"));
    expect(done(store2, [remove(store), remove(distant)], [])).toEqual(["distant"]);
  });

  test("of what is replaced, with what is to use the new one", () => {
    const old = record("SwarmConfig", "motd");
    const app2 = service("app", { configs: [{ name: "motd" }] });
    const other = service("other", { dependencies: [old] });
    expect(done(app2, [replace(old), change(other), remove(free)])).toEqual(["free"]);
  });
});

describe("a change waits that would take something from what waits", () => {
  test("a volume of a service whose image does not build", () => {
    const image = record("ImageBuild", "image");
    const holder = service("holder", { ...volume("data"), dependencies: [image] });
    const taker = service("taker");
    const takes = service("taker", volume("data"));
    expect(
      done(image, [change(holder), change(taker, takes), change(service("other"))], [image]),
    ).toEqual(["other"]);
  });

  test("a port, and what depends on the service that was to have it", () => {
    const takes = service("takes", port(80));
    const after = service("after", { dependencies: [takes] });
    expect(done(gate, [create(takes), change(after), change(service("other"))])).toEqual(["other"]);
  });

  test("not one that has it already", () => {
    const shares = service("shares", volume("pages"));
    expect(done(gate, [change(shares)])).toEqual(["shares"]);
  });
});

test("what a removal that waits depends on is not changed: the engine refuses that", () => {
  const api = service("api");
  const old = service("old", { ...port(80), dependencies: [api] });
  expect(done(gate, [change(api), remove(old), remove(free)])).toEqual(["free"]);
});

test("components alone are nothing to do", () => {
  expect(done(gate, [create(component("other"))])).toEqual([]);
});

test("where the Swarm itself fails, or nothing that is known, nothing else is touched", () => {
  const swarm = record("SwarmCluster", "swarm");
  const old = service("old");
  const facts = { preview: [change(swarm), change(gate), remove(old)], before: [old], now: [old] };
  expect(restOfRun({ ...facts, failed: [swarm.urn, gate.urn] }).targets).toEqual([]);
  expect(restOfRun({ ...facts, failed: [] }).targets).toEqual([]);
});

test("a preview of the engine is read", () => {
  const newState = {
    urn: "urn:gate",
    type: "t",
    parent: "urn:phase",
    dependencies: ["urn:a"],
    propertyDependencies: { image: ["urn:b"], name: null },
    inputs: { name: "gate" },
  };
  const steps = [
    { op: "same", urn: "urn:a" },
    { op: "create", urn: "urn:gate", newState },
  ];
  expect(readPreview(JSON.stringify({ steps }))).toEqual([
    {
      operation: "create",
      urn: "urn:gate",
      states: [
        {
          urn: "urn:gate",
          type: "t",
          id: "",
          parent: "urn:phase",
          dependencies: ["urn:a", "urn:b"],
          inputs: { name: "gate" },
          outputs: {},
        },
      ],
    },
  ]);
});
