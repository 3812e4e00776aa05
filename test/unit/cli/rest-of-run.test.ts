import {
  type PreviewStep,
  readPreview,
  readRecords,
  type ResourceRecord,
  restOfRun,
} from "../../../cli/engine/rest-of-run";
import { dynamicType } from "../../../cli/engine/urn";

const phaseOf: Readonly<Record<string, string>> = {
  SwarmCluster: "SetupHosts",
  ImageBuild: "BuildImages",
  SwarmNetwork: "BuildNetworks",
  Volume: "BuildVolumes",
  SwarmSecret: "DeployServices",
  SwarmService: "DeployServices",
  ServiceInitialization: "InitializeServices",
};

function urn(kind: string, name: string): string {
  return `urn:pulumi:private::hive::hive:phase:${phaseOf[kind] ?? kind}$${dynamicType(kind)}::${name}`;
}

function record(kind: string, name: string, rest: Partial<ResourceRecord> = {}): ResourceRecord {
  return {
    urn: urn(kind, name),
    id: `${name}-id`,
    parent: undefined,
    dependencies: [],
    inputs: { name },
    outputs: { name },
    ...rest,
  };
}

function step(operation: string, ...states: ResourceRecord[]): PreviewStep {
  return { operation, urn: states[0]?.urn ?? "", states };
}

const failed = record("SwarmService", "gate", {
  inputs: { name: "gate", mounts: [{ source: "pages" }], ports: [{ published: 80 }] },
});

/** Names of what is done of a run in which `gate` failed. */
function done(preview: readonly PreviewStep[], state: readonly ResourceRecord[] = []): string[] {
  return restOfRun(
    [step("update", failed), ...preview],
    [failed, ...state],
    [failed.urn],
  ).targets.map((target) => target.split("::").at(-1) ?? "");
}

test("removals and changes that have nothing to do with the failure are done", () => {
  const old = record("SwarmService", "old");
  const network = record("SwarmNetwork", "backstage");
  const other = record("SwarmService", "other");
  expect(
    done([step("update", other), step("delete", old), step("delete", network)], [old, network]),
  ).toEqual(["other", "old", "backstage"]);
});

test("what depends on the failure waits, through what does not change too", () => {
  const data = record("ServiceInitialization", "gate-data", { dependencies: [failed.urn] });
  const after = record("SwarmService", "after", { dependencies: [data.urn] });
  const last = record("SwarmService", "last", { dependencies: [after.urn] });
  const other = record("SwarmService", "other");
  expect(
    done(
      [step("update", after), step("create", last), step("update", other)],
      [data, after, record("SwarmService", "other")],
    ),
  ).toEqual(["other"]);
});

test.each<[string, ResourceRecord, ResourceRecord?]>([
  [
    "a service that has the volume",
    record("SwarmService", "old", { inputs: { name: "old", mounts: [{ source: "pages" }] } }),
  ],
  [
    "a service that has the port",
    record("SwarmService", "old", { inputs: { name: "old", ports: [{ published: 80 }] } }),
  ],
  [
    "the volume of a service that waits",
    record("Volume", "papers"),
    record("SwarmService", "after", {
      dependencies: [failed.urn],
      inputs: { name: "after", mounts: [{ source: "papers" }] },
    }),
  ],
  [
    "a secret that the release before reads, to which the Swarm has turned back",
    record("SwarmSecret", "old-key"),
    { ...failed, outputs: { secrets: [{ name: "old-key" }] } },
  ],
  [
    "a network that the release before is in, by its id",
    record("SwarmNetwork", "backstage"),
    { ...failed, outputs: { networks: [{ id: "backstage-id" }] } },
  ],
])("the removal of %s waits", (_, removed, other = failed) => {
  const free = record("SwarmNetwork", "free");
  expect(done([step("delete", removed), step("delete", free)], [removed, other, free])).toEqual([
    "free",
  ]);
});

test("what a removal that waits uses waits with it, and so does the component that it lies in", () => {
  const component = {
    ...record("SwarmService", "component"),
    urn: "urn:pulumi:private::hive::hive:index:SwarmService::old",
  };
  const network = record("SwarmNetwork", "backstage");
  const old = record("SwarmService", "old", {
    parent: component.urn,
    dependencies: [network.urn],
    inputs: { name: "old", ports: [{ published: 80 }] },
  });
  expect(
    done(
      [step("delete", old), step("delete", network), step("delete", component)],
      [component, network, old],
    ),
  ).toEqual([]);
});

test("a service is removed though others speak of its name", () => {
  const gate = { ...failed, inputs: { environment: ["BACKEND=old"], command: ["old"] } };
  const old = record("SwarmService", "old");
  expect(done([step("delete", old)], [gate, old])).toEqual(["old"]);
});

test("components alone are nothing to do", () => {
  const component = {
    ...record("SwarmService", "component"),
    urn: "urn:pulumi:private::hive::hive:index:SwarmService::other",
  };
  expect(done([step("create", component)])).toEqual([]);
});

test("where the Swarm itself fails, nothing else is touched", () => {
  const swarm = record("SwarmCluster", "swarm");
  const old = record("SwarmService", "old");
  const steps = [step("update", swarm), step("update", failed), step("delete", old)];
  expect(restOfRun(steps, [old], [swarm.urn, failed.urn]).targets).toEqual([]);
  expect(restOfRun(steps, [old], []).targets).toEqual([]);
});

test("previews and exports of the engine are read", () => {
  const gate = {
    urn: "urn:gate",
    parent: "urn:phase",
    dependencies: ["urn:a"],
    propertyDependencies: { image: ["urn:b"], name: null },
    inputs: { name: "gate" },
  };
  const preview = readPreview(
    JSON.stringify({
      steps: [
        { op: "same", urn: "urn:a" },
        { op: "create", urn: "urn:gate", newState: gate },
      ],
    }),
  );
  const read = {
    urn: "urn:gate",
    id: "",
    parent: "urn:phase",
    dependencies: ["urn:a", "urn:b"],
    inputs: { name: "gate" },
    outputs: {},
  };
  expect(preview).toEqual([{ operation: "create", urn: "urn:gate", states: [read] }]);
  expect(readRecords(JSON.stringify({ deployment: { resources: [gate] } }))).toEqual([read]);
  expect(readRecords(JSON.stringify({ deployment: null }))).toEqual([]);
});
