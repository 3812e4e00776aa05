import fc from "fast-check";

import type { PortPlan } from "../../../../model/plan";
import type { EngineServiceSpec } from "../../../../model/engine-api/service-spec";
import { fromEngineSpec } from "../../../../model/service/from-engine";
import {
  endedRunLabel,
  lastRunLabel,
  scheduleLabel,
  siteLabel,
} from "../../../../model/swarm/labels";
import { normalizeService } from "../../../../model/service/normalize";
import type { ServiceSpec } from "../../../../model/service/spec";
import { toEngineSpec } from "../../../../model/service/to-engine";
import { sameValue } from "../../../../model/values/same-value";
import { serviceSpec } from "../service-specs";
import { anyService } from "./any-service";

const hostPort: PortPlan = { target: 80, published: 8080, protocol: "tcp", mode: "host" };

/** As an engine gives it back: without what is empty, zero or false (Go's `omitempty`). */
function asStored<T>(value: T): T {
  const kept = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(kept);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner)
        .map(([key, entry]) => [key, kept(entry)] as const)
        // Keys in small letters are a user's own, as in labels.
        .filter(
          ([key, entry]) => /^[a-z]/.test(key) || keptThoughZero.includes(key) || !isZero(entry),
        ),
    );
  };
  return kept(value) as T;
}
const keptThoughZero = [
  "StopGracePeriod",
  "Parallelism",
  "MaxFailureRatio",
  "Replicas",
  "TotalCompletions",
  "Global",
];
const isZero = (value: unknown): boolean =>
  value === 0 ||
  value === false ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" && value !== null && Object.keys(value).length === 0);

test("what is told to an engine is what is read back, for every service", () => {
  fc.assert(
    fc.property(anyService, (any) => {
      const spec = normalizeService(any);
      const told = JSON.parse(JSON.stringify(toEngineSpec(spec))) as EngineServiceSpec;
      expect(fromEngineSpec(told)).toEqual(spec);
      expect(fromEngineSpec(asStored(told))).toEqual(spec);
    }),
  );
});

test("the normal form is its own normal form", () => {
  fc.assert(
    fc.property(anyService, (any) => {
      const spec = normalizeService(any);
      expect(normalizeService(spec)).toEqual(spec);
    }),
  );
});

test("the order of what has none makes no difference", () => {
  fc.assert(
    fc.property(anyService, (any) => {
      const other: ServiceSpec = {
        ...any,
        environment: Object.fromEntries(Object.entries(any.environment).reverse()),
        ports: [...any.ports].reverse(),
        networks: [...any.networks].reverse(),
        mounts: [...any.mounts].reverse(),
        secrets: [...any.secrets].reverse(),
        configs: [...any.configs].reverse(),
        ulimits: [...any.ulimits].reverse(),
      };
      expect(toEngineSpec(normalizeService(other))).toEqual(toEngineSpec(normalizeService(any)));
    }),
  );
});

test("everything that a service can have, in the engine's words", () => {
  const spec = serviceSpec({
    entrypoint: ["/bin/app"],
    command: ["--port", "80"],
    environment: { B: "2", A: "1" },
    ports: [hostPort],
    networks: [{ id: "net1", aliases: ["app", "web.internal"] }],
    mounts: [
      {
        kind: "volume",
        source: "data",
        target: "/data",
        readOnly: false,
        driver: "local",
        driverOptions: { type: "nfs" },
        noCopy: true,
      },
      { kind: "bind", source: "/srv", target: "/srv", readOnly: true },
      { kind: "tmpfs", target: "/tmp", sizeBytes: 65536, mode: "1777" },
    ],
    secrets: [{ id: "s1", name: "key-abc", target: "key", uid: 5, gid: 6, mode: "0440" }],
    configs: [{ id: "c1", name: "conf-abc", target: "/etc/app", uid: 0, gid: 0, mode: "0444" }],
    hostname: "{{.Node.Hostname}}",
    hosts: { "hive1.example": "10.0.0.2", "hive0.example": "10.0.0.1" },
    dns: { servers: ["10.0.0.53"], search: ["example"], options: ["ndots:1"] },
    labels: { team: "web" },
    containerLabels: { tier: "front" },
    placement: {
      constraints: ["node.labels.hive.zone == zone-a"],
      spread: ["node.labels.hive.zone"],
      maxReplicasPerHost: 1,
    },
    healthcheck: {
      command: ["/bin/check"],
      intervalSeconds: 10,
      timeoutSeconds: 5,
      retries: 3,
      startPeriodSeconds: 0.5,
    },
    stopSignal: "SIGQUIT",
    user: "daemon",
    groups: ["adm"],
    workingDirectory: "/srv",
    capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] },
    sysctls: { "net.core.somaxconn": "1024" },
    ulimits: [{ name: "nofile", soft: 1000, hard: 2000 }],
    init: true,
    readOnly: true,
    tty: true,
    resources: {
      limits: { cpus: 0.5, memoryBytes: 64e6, pids: 50 },
      reservations: { cpus: 0.25, memoryBytes: 32e6 },
    },
    logging: { driver: "journald", options: { tag: "web" } },
  });
  const engine = toEngineSpec(normalizeService(spec));
  expect(engine).toMatchSnapshot();
  // A volume that the engine makes for a task is known as the site's.
  expect(engine.TaskTemplate.ContainerSpec.Mounts?.[0]?.VolumeOptions?.Labels).toEqual({
    "hive.site": spec.site,
  });
});

test("the site stands in a label that is no label of the service", () => {
  const engine = toEngineSpec(serviceSpec({ labels: { team: "web" } }));
  expect(engine.Labels).toEqual({ team: "web", [siteLabel]: "hive.example" });
  expect(fromEngineSpec(engine)).toMatchObject({ site: "hive.example", labels: { team: "web" } });
});

test("a service that someone else made with few settings can be read", () => {
  const spec = fromEngineSpec({
    Name: "foreign",
    TaskTemplate: { ContainerSpec: { Image: "nginx", Env: ["DEBUG", "A=b=c"] } },
    Mode: { Replicated: {} },
    EndpointSpec: { Ports: [{ TargetPort: 80 }] },
  });
  expect(spec).toMatchObject({
    site: "",
    mode: { kind: "replicated", replicas: 1 },
    environment: { DEBUG: "", A: "b=c" },
    ports: [{ target: 80, published: 0, protocol: "tcp", mode: "ingress" }],
    restart: { condition: "any", delaySeconds: 5 },
    update: { parallelism: 1, monitorSeconds: 5, onFailure: "pause" },
    stopGracePeriodSeconds: 10,
  });
});

describe("a health check", () => {
  const check = {
    command: ["true"],
    intervalSeconds: 5,
    timeoutSeconds: 1,
    retries: 3,
    startPeriodSeconds: 0,
  };

  test("through a shell, set by hand, shows as a difference", () => {
    const spec = serviceSpec({ healthcheck: check });
    const engine = toEngineSpec(spec);
    const container = engine.TaskTemplate.ContainerSpec;
    const byHand = fromEngineSpec({
      ...engine,
      TaskTemplate: {
        ...engine.TaskTemplate,
        ContainerSpec: {
          ...container,
          Healthcheck: { ...container.Healthcheck, Test: ["CMD-SHELL", "true"] },
        },
      },
    });
    expect(byHand.healthcheck?.command).toEqual(["CMD-SHELL", "true"]);
  });

  test("without a command switches the image's own off, whatever its times", () => {
    const off = normalizeService(serviceSpec({ healthcheck: { ...check, command: [] } }));
    const engine = toEngineSpec(off);
    expect(engine.TaskTemplate.ContainerSpec.Healthcheck).toEqual({ Test: ["NONE"] });
    expect(fromEngineSpec(engine)).toEqual(off);
  });
});

describe("a job", () => {
  const once = normalizeService(serviceSpec({ mode: { kind: "job", retries: 2 } }));
  const nightly = normalizeService(
    serviceSpec({ mode: { kind: "job", schedule: "0 3 * * *", retries: 0 } }),
  );

  test("that runs once wants one completion, and its failed task is tried again", () => {
    expect(toEngineSpec(once)).toMatchObject({
      Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
      TaskTemplate: { RestartPolicy: { Condition: "on-failure", MaxAttempts: 2 } },
    });
    expect(toEngineSpec(once)).not.toHaveProperty("UpdateConfig");
    expect(toEngineSpec(once)).not.toHaveProperty("RollbackConfig");
  });

  test("without retries is not tried again, for an engine takes 0 attempts as no limit", () => {
    expect(toEngineSpec(nightly).TaskTemplate.RestartPolicy).toMatchObject({ Condition: "none" });
  });

  test("with a schedule does not run when it is made or changed", () => {
    expect(toEngineSpec(nightly)).toMatchObject({
      Labels: { [scheduleLabel]: "0 3 * * *" },
      Mode: { ReplicatedJob: { TotalCompletions: 0 } },
    });
  });

  test("that was started by its schedule is no drift; a change keeps when it ran, and starts nothing", () => {
    const engine = toEngineSpec(nightly);
    const started: EngineServiceSpec = {
      ...engine,
      Labels: { ...engine.Labels, [lastRunLabel]: "2026-01-01T03:00:00Z" },
      TaskTemplate: { ...engine.TaskTemplate, ForceUpdate: 7 },
      Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
    };
    expect(fromEngineSpec(started)).toEqual(nightly);
    const changed = toEngineSpec({ ...nightly, environment: { A: "1" } }, started);
    expect(changed).toMatchObject({
      Labels: { [lastRunLabel]: "2026-01-01T03:00:00Z" },
      TaskTemplate: { ForceUpdate: 7 },
      Mode: { ReplicatedJob: { TotalCompletions: 0 } },
    });
  });

  test("at rest after a complete run, because its group moved, is no drift", () => {
    for (const job of [nightly, { ...nightly, mode: { kind: "job", retries: 0 } } as const]) {
      const engine = toEngineSpec(job);
      const atRest: EngineServiceSpec = {
        ...engine,
        Labels: { ...engine.Labels, [endedRunLabel]: "4" },
        Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 0 } },
      };
      expect(fromEngineSpec(atRest)).toEqual(job);
      expect(toEngineSpec(job, atRest).Labels).not.toHaveProperty(endedRunLabel);
    }
  });

  test("with another schedule counts from the change, and not from when it ran last", () => {
    const engine = toEngineSpec(nightly);
    const ran = { ...engine.Labels, [lastRunLabel]: "2026-01-01T03:00:00Z" };
    const earlier = {
      ...nightly,
      mode: { kind: "job", schedule: "0 2 * * *", retries: 0 },
    } as const;
    const changed = toEngineSpec(earlier, { ...engine, Labels: ran });
    expect(changed.Labels).toMatchObject({ [scheduleLabel]: "0 2 * * *" });
    expect(changed.Labels).not.toHaveProperty(lastRunLabel);
  });

  test("whose schedule was changed by hand shows it", () => {
    const engine = toEngineSpec(nightly);
    const byHand = { ...engine, Labels: { ...engine.Labels, [scheduleLabel]: "0 4 * * *" } };
    expect(fromEngineSpec(byHand).mode).toMatchObject({ schedule: "0 4 * * *" });
  });
});

test("all tasks are made anew by the restart counter alone", () => {
  const spec = serviceSpec();
  const seen = toEngineSpec(spec);
  expect(toEngineSpec(spec, seen, true)).toEqual({
    ...seen,
    TaskTemplate: { ...seen.TaskTemplate, ForceUpdate: 1 },
  });
});

test("a roll-out that was begun anew by a nanosecond is no drift", () => {
  const spec = serviceSpec();
  const engine = toEngineSpec(spec);
  const nudged = { ...engine, UpdateConfig: { ...engine.UpdateConfig, Delay: 1 } };
  expect(fromEngineSpec(nudged)).toEqual(spec);
});

test("an attribute that was set and is removed goes back to what a service without it has, each of them", () => {
  fc.assert(
    fc.property(anyService, (had) => {
      for (const attribute of Object.keys(had) as (keyof ServiceSpec)[]) {
        const others = Object.fromEntries(
          Object.entries(had).filter(([name]) => name !== attribute),
        );
        const wanted = normalizeService({ ...serviceSpec(), ...others });
        const engine = asStored(toEngineSpec(normalizeService(had)));
        // Changed from what was there, it is what it would be if it were made.
        expect(toEngineSpec(wanted, engine)).toEqual(toEngineSpec(wanted));
        // And it is left alone only where it is that already.
        if (sameValue(fromEngineSpec(engine), wanted))
          expect(engine).toEqual(asStored(toEngineSpec(wanted)));
      }
    }),
  );
});
