import { colocationConstraint } from "../../../../model/service/colocation";
import {
  exchangesHostPorts,
  holdersOfHostPorts,
  stepBeforeStart,
} from "../../../../model/service/hand-over";
import type { Holdings, HoldingService } from "../../../../model/service/held";
import { whatItGave } from "../../../../model/service/releasing";
import type { EngineNode } from "../../../../model/engine-api/node";
import type { EngineTask } from "../../../../model/engine-api/task";
import type { EngineServiceSpec } from "../../../../model/engine-api/service-spec";
import { fromEngineSpec } from "../../../../model/service/from-engine";
import { scheduleLabel } from "../../../../model/swarm/labels";
import type { ServiceMount, ServiceSpec } from "../../../../model/service/spec";
import { toEngineSpec } from "../../../../model/service/to-engine";
import type { PortPlan } from "../../../../model/plan";
import { serviceSpec } from "../service-specs";

function volume(source: string, noCopy = true): ServiceMount {
  const driver = noCopy ? "hive-shared" : "local";
  return {
    kind: "volume",
    source,
    target: `/${source}`,
    readOnly: false,
    driver,
    driverOptions: {},
    noCopy,
  };
}

function port(published: number, mode: PortPlan["mode"] = "host"): PortPlan {
  return { target: 80, published, protocol: "tcp", mode };
}

function named(name: string, changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return serviceSpec({ name, ...changes });
}

function existing(spec: ServiceSpec): HoldingService {
  return { ID: `id-${spec.name}`, Spec: toEngineSpec(spec) };
}

function node(name: string, state: EngineNode["Status"]["State"] = "ready"): EngineNode {
  return {
    ID: name,
    Description: { Hostname: `${name}.example` },
    Status: { State: state },
    Spec: { Role: "manager", Availability: "active", Labels: { zone: name } },
  };
}

/** A task of a service as it is now. */
function task({ ID, Spec }: HoldingService, on: string, state = "running"): EngineTask {
  return {
    ID: `task-${ID}`,
    ServiceID: ID,
    NodeID: on,
    DesiredState: "running",
    Status: { State: state },
    Spec: Spec.TaskTemplate,
  };
}

function swarm(
  services: readonly HoldingService[],
  tasks: readonly EngineTask[] = [],
  nodes: readonly EngineNode[] = [node("a"), node("b")],
): Holdings {
  return { services, tasks, nodes };
}

/** What a service is after it let go of something. */
function after(service: HoldingService, spec: EngineServiceSpec): HoldingService {
  return { ...service, Spec: spec };
}

const store = existing(named("store", { mounts: [volume("data")] }));
const successor = named("store2", { mounts: [volume("data")] });

describe("a replicated volume", () => {
  test("is held by whoever mounts it: suspended first, waited for, then free", () => {
    const running = task(store, "a");
    const first = stepBeforeStart(successor, swarm([store], [running]));
    expect(first).toMatchObject({
      kind: "suspend",
      gives: "the volume data to store2",
      spec: { Mode: { Replicated: { Replicas: 0 } } },
    });
    if (first.kind !== "suspend") return;
    const suspended = after(store, first.spec);
    expect(whatItGave(first.spec.Labels)).toBe("the volume data to store2");
    expect(stepBeforeStart(successor, swarm([suspended], [running]))).toMatchObject({
      kind: "wait",
      seconds: 10,
      detail: "the volume data is held by a task of store on a.example (task-id-store, running)",
      commands: [
        "on a.example: docker kill $(docker ps --quiet --filter label=com.docker.swarm.task.id=task-id-store)",
      ],
    });
    const over = task(suspended, "a", "shutdown");
    expect(stepBeforeStart(successor, swarm([suspended], [over]))).toEqual({ kind: "none" });
  });

  test("is waited for while a removed service's task still stops, or an earlier version's", () => {
    const running = task(store, "a");
    expect(stepBeforeStart(successor, swarm([], [running]))).toMatchObject({ kind: "wait" });
    const changed = existing(named("store"));
    expect(stepBeforeStart(successor, swarm([changed], [running]))).toMatchObject({ kind: "wait" });
  });

  test("is not waited for on a host that the Swarm holds for down; on an unknown one it is", () => {
    const running = task(store, "a");
    const kindOn = (state: "down" | "unknown"): string =>
      stepBeforeStart(successor, swarm([], [running], [node("a", state)])).kind;
    expect([kindOn("down"), kindOn("unknown")]).toEqual(["none", "wait"]);
  });

  test.each([
    ["a local volume, which several may use", { mounts: [volume("data", false)] }, "none"],
    ["another volume", { mounts: [volume("other")] }, "none"],
    ["the same one", { mounts: [volume("data")] }, "suspend"],
  ] as const)("%s", (_what, wanted, kind) => {
    expect(stepBeforeStart(named("new", wanted), swarm([store])).kind).toBe(kind);
  });

  test("that the service itself gives up makes it stop first: a roll-back must not mount it again", () => {
    const moved = named("store", { mounts: [volume("new")] });
    const step = stepBeforeStart(moved, swarm([store], [task(store, "a")]));
    expect(step).toMatchObject({ kind: "suspend", service: store, gives: "the volume data" });
    if (step.kind !== "suspend") return;
    const suspended = after(store, step.spec);
    expect(stepBeforeStart(moved, swarm([suspended], [task(store, "a")])).kind).toBe("wait");
    expect(stepBeforeStart(moved, swarm([suspended])).kind).toBe("none");
  });

  test("that the service keeps is no reason to stop it", () => {
    const changed = named("store", { mounts: [volume("data"), volume("more")] });
    expect(stepBeforeStart(changed, swarm([store], [task(store, "a")])).kind).toBe("none");
  });

  test("of a job: its run is ended, and its schedule starts no other one", () => {
    const job = existing(
      named("nightly", {
        mode: { kind: "job", schedule: "0 3 * * *", retries: 0 },
        mounts: [volume("data")],
      }),
    );
    const step = stepBeforeStart(successor, swarm([job]));
    if (step.kind !== "suspend") throw new Error(step.kind);
    expect(step.spec.Mode).toEqual({ ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 0 } });
    expect(step.spec.Labels).not.toHaveProperty([scheduleLabel]);
    expect(stepBeforeStart(successor, swarm([after(job, step.spec)])).kind).toBe("none");
  });

  test("of a service that is not of the site is refused, with who, where, and what to do", () => {
    const foreign = existing(named("mine", { site: "other.example", mounts: [volume("data")] }));
    const byHand: HoldingService = {
      ID: "id-hand",
      Spec: {
        Name: "hand",
        Mode: { Replicated: { Replicas: 1 } },
        TaskTemplate: {
          ContainerSpec: {
            Image: "busybox",
            Mounts: [{ Type: "volume", Source: "data", Target: "/x" }],
          },
        },
      },
    };
    const said = [foreign, byHand].map((service) => {
      const step = stepBeforeStart(successor, swarm([store, service], [task(service, "b")]));
      return step.kind === "refuse" ? step.message : step.kind;
    });
    expect(said).toEqual([
      "The service 'store2' was not changed: the volume data is held by the service 'mine' on b.example, and only one can have it. " +
        "That service belongs to the site 'other.example', not to 'hive.example', and is left alone. If it is not needed, run on a " +
        "manager: docker service scale mine=0, or docker service rm mine; then run again.",
      "The service 'store2' was not changed: the volume data is held by the service 'hand' on b.example, and only one can have it. " +
        "That service does not carry the label hive.site, so it was not made by this program, and is left alone. If it is not " +
        "needed, run on a manager: docker service scale hand=0, or docker service rm hand; then run again.",
    ]);
  });
});

describe("a port of the mesh", () => {
  const front = existing(
    named("front", { endpointMode: "vip", ports: [port(80, "ingress"), port(81)] }),
  );

  test.each([
    ["ingress", "ingress", true],
    ["host", "ingress", true],
    ["ingress", "host", true],
    ["host", "host", false],
  ] as const)("wanted %s, had %s: taken out of the other's spec %s", (wanted, had, isTaken) => {
    const holder = existing(named("old", { endpointMode: "vip", ports: [port(80, had)] }));
    const step = stepBeforeStart(named("new", { ports: [port(80, wanted)] }), swarm([holder]));
    expect(step.kind).toBe(isTaken ? "unpublish" : "none");
  });

  test("leaves the service, and its other ports, as they are", () => {
    const wanted = named("front2", { endpointMode: "vip", ports: [port(80, "ingress")] });
    const step = stepBeforeStart(wanted, swarm([front]));
    if (step.kind !== "unpublish") throw new Error(step.kind);
    expect(step.gives).toBe("the port 80/tcp to front2");
    const rest = after(front, step.spec);
    expect(fromEngineSpec(rest.Spec)).toMatchObject({
      mode: { replicas: 1 },
      ports: [port(81)],
    });
    expect(stepBeforeStart(wanted, swarm([rest])).kind).toBe("none");
  });
});

test("a service that was rolled back to a port which another one has by now lets go of that too: engines refuse a spec with it", () => {
  const holder = existing(named("gate", { ports: [port(82)] }));
  const ports = [port(81, "ingress"), port(82, "ingress")];
  const back = existing(named("back", { endpointMode: "vip", mounts: [volume("data")], ports }));
  const steps = [
    // It gives its own volume up, another service takes it, and another service takes its other
    // port.
    stepBeforeStart(named("back"), swarm([back, holder])),
    stepBeforeStart(named("taker", { mounts: [volume("data")] }), swarm([back, holder])),
    stepBeforeStart(named("front", { ports: [port(81)] }), swarm([back, holder])),
  ];
  expect(
    steps.map((step) =>
      step.kind === "suspend" || step.kind === "unpublish"
        ? fromEngineSpec(step.spec).ports.map(({ published }) => published)
        : step.kind,
    ),
  ).toEqual([[81], [81], []]);
});

describe("a port of a host", () => {
  const everywhere = existing(named("old", { mode: { kind: "global" }, ports: [port(80)] }));
  const wanted = named("new", { mode: { kind: "global" }, ports: [port(80)] });

  test("is given up by a service that stops everywhere; once", () => {
    const [holder] = holdersOfHostPorts(wanted, swarm([everywhere]));
    expect(holder).toMatchObject({ service: everywhere, gives: "the port 80/tcp to new" });
    const suspended = after(everywhere, holder?.spec as EngineServiceSpec);
    expect(holdersOfHostPorts(wanted, swarm([suspended]))).toEqual([]);
  });

  test("is nobody's reason to stop where the two never meet on a node", () => {
    const on = (zone: string): Partial<ServiceSpec> => ({
      ports: [port(80)],
      placement: { constraints: [`node.labels.zone==${zone}`], spread: [], maxReplicasPerHost: 0 },
    });
    const other = existing(named("old", on("a")));
    expect(holdersOfHostPorts(named("new", on("b")), swarm([other]))).toEqual([]);
    expect(holdersOfHostPorts(named("new", on("a")), swarm([other]))).toHaveLength(1);
  });

  test("is left to a service that is not of the site", () => {
    const foreign = existing(named("old", { site: "other.example", ports: [port(80)] }));
    expect(holdersOfHostPorts(wanted, swarm([foreign]))).toEqual([]);
  });

  test("exchanged with another service makes all tasks change at once", () => {
    const mine = existing(named("new", { mode: { kind: "global" }, ports: [port(81)] }));
    expect(exchangesHostPorts(wanted, swarm([mine, everywhere]))).toBe(true);
    expect(exchangesHostPorts(wanted, swarm([mine]))).toBe(false);
    expect(exchangesHostPorts(wanted, swarm([everywhere]))).toBe(false);
  });
});

test("what gave something differs from what is wanted, whatever its mode", () => {
  const modes: ServiceSpec["mode"][] = [
    { kind: "global" },
    { kind: "replicated", replicas: 0 },
    { kind: "job", retries: 0 },
  ];
  for (const mode of modes) {
    const spec = named("old", { mode, ports: [port(80)], mounts: [volume("data")] });
    const service = existing(spec);
    const gone = holdersOfHostPorts(named("new", { ports: [port(80)] }), swarm([service]))[0];
    const step = stepBeforeStart(successor, swarm([service]));
    const specs = [gone?.spec, step.kind === "suspend" ? step.spec : undefined];
    for (const given of specs.filter((one) => one !== undefined)) {
      expect(fromEngineSpec(given)).not.toEqual(fromEngineSpec(service.Spec));
      expect(toEngineSpec(spec, given)).toEqual(service.Spec);
    }
  }
});

describe("services that run together", () => {
  const leader = existing(named("guacamole", { mounts: [volume("data")] }));
  const follows = (of: string): Partial<ServiceSpec> => ({
    mounts: [volume("data")],
    placement: { constraints: [colocationConstraint(of)], spread: [], maxReplicasPerHost: 0 },
  });
  const helper = existing(named("guacd", follows("guacamole")));

  test("have their volume as one: none of them lets go for another one, and none is waited for", () => {
    const running = [task(leader, "a"), task(helper, "a")];
    const swarmNow = swarm([leader, helper], running);
    const partners = ["guacamole", "guacd"];
    for (const wanted of [
      named("guacd", follows("guacamole")),
      named("guacamole", { mounts: [volume("data")] }),
    ]) {
      expect(stepBeforeStart(wanted, swarmNow, partners).kind).toBe("none");
    }
  });

  test("let go of what a member under a new name takes over: the site has the old name no more", () => {
    const renamed = named("guacd2", follows("guacamole"));
    const partners = ["guacamole", "guacd2"];
    const first = stepBeforeStart(renamed, swarm([leader, helper]), partners);
    expect(first).toMatchObject({ kind: "suspend", service: { ID: "id-guacd" } });
    if (first.kind !== "suspend") return;
    const suspended = after(helper, first.spec);
    const running = task(helper, "a");
    expect(stepBeforeStart(renamed, swarm([leader, suspended], [running]), partners).kind).toBe(
      "wait",
    );
    expect(stepBeforeStart(renamed, swarm([leader, suspended]), partners).kind).toBe("none");
  });

  test("let go all of them for a service that is not of their group, also for their leader under a new name", () => {
    const renamed = named("desktop", { mounts: [volume("data")] });
    const first = stepBeforeStart(renamed, swarm([leader, helper]));
    expect(first).toMatchObject({ kind: "suspend", service: { ID: "id-guacamole" } });
    if (first.kind !== "suspend") return;
    const second = stepBeforeStart(renamed, swarm([after(leader, first.spec), helper]));
    expect(second).toMatchObject({ kind: "suspend", service: { ID: "id-guacd" } });
  });
});
