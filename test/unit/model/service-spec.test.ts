import fc from "fast-check";

import type { PortPlan } from "../../../model/plan";
import {
  fromEngineSpec,
  normalizeService,
  type ServiceWish,
  siteLabel,
  toEngineSpec,
} from "../../../model/service-spec";

const wish: ServiceWish = { name: "web", site: "hive.example", image: "registry/web@sha256:00" };
const hostPort: PortPlan = { target: 80, published: 8080, protocol: "tcp", mode: "host" };

/** Any service that a plan could ask for. */
const anyWish: fc.Arbitrary<ServiceWish> = fc.record({
  name: fc.constant("web"),
  site: fc.constantFrom("hive.example", "other.example"),
  image: fc.constantFrom("a@sha256:1", "registry:5000/b@sha256:2"),
  mode: fc.oneof(
    fc.constant({ kind: "global" as const }),
    fc.record({ kind: fc.constant("replicated" as const), replicas: fc.nat(9) }),
  ),
  environment: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string()),
  ports: fc.uniqueArray(
    fc.record({
      target: fc.integer({ min: 1, max: 65535 }),
      published: fc.integer({ min: 1, max: 65535 }),
      protocol: fc.constantFrom("tcp" as const, "udp" as const),
      mode: fc.constantFrom("host" as const, "ingress" as const),
    }),
    { selector: ({ published, protocol }) => `${published}/${protocol}` },
  ),
  hostname: fc.option(fc.constantFrom("web", "{{.Node.Hostname}}"), { nil: undefined }),
  labels: fc.dictionary(fc.stringMatching(/^[a-z.]{1,8}$/), fc.string()),
  healthcheck: fc.option(
    fc.record({
      command: fc.array(fc.string(), { minLength: 1 }),
      intervalSeconds: fc.integer({ min: 1, max: 60 }),
      timeoutSeconds: fc.integer({ min: 1, max: 60 }),
      retries: fc.integer({ min: 1, max: 9 }),
      startPeriodSeconds: fc.nat(60),
    }),
    { nil: undefined },
  ),
  stopGracePeriodSeconds: fc.nat(300),
  restartDelaySeconds: fc.nat(60),
});

test("what is told to an engine is what is read back, for every service", () => {
  fc.assert(
    fc.property(anyWish, (any) => {
      const spec = normalizeService(any);
      expect(fromEngineSpec(JSON.parse(JSON.stringify(toEngineSpec(spec))) as never)).toEqual(spec);
    }),
  );
});

test("the normal form is its own normal form", () => {
  fc.assert(
    fc.property(anyWish, (any) => {
      const spec = normalizeService(any);
      expect(normalizeService(spec)).toEqual(spec);
    }),
  );
});

test("the order in which ports and variables are written makes no difference", () => {
  const ports: PortPlan[] = [
    hostPort,
    { ...hostPort, published: 53, protocol: "udp" },
    { ...hostPort, published: 53 },
  ];
  const one = normalizeService({ ...wish, ports, environment: { A: "1", B: "2" } });
  const other = normalizeService({
    ...wish,
    ports: [...ports].reverse(),
    environment: { B: "2", A: "1" },
  });
  expect(toEngineSpec(one)).toEqual(toEngineSpec(other));
});

test("the old task stops first where ports of the host are published, else the new one starts first", () => {
  expect(normalizeService({ ...wish, ports: [hostPort] }).update.order).toBe("stop-first");
  expect(normalizeService(wish).update.order).toBe("start-first");
  const both = normalizeService({ ...wish, ports: [hostPort], update: { order: "start-first" } });
  expect(both.update.order).toBe("start-first");
});

test("a failed update is rolled back by the engine", () => {
  expect(toEngineSpec(normalizeService(wish)).UpdateConfig).toMatchObject({
    FailureAction: "rollback",
    MaxFailureRatio: 0,
  });
});

test("the site stands in a label that is no label of the service", () => {
  const engine = toEngineSpec(normalizeService({ ...wish, labels: { team: "web" } }));
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
    restartDelaySeconds: 5,
  });
});

test("a shell health check set by hand shows as a difference", () => {
  const spec = normalizeService({
    ...wish,
    healthcheck: {
      command: ["true"],
      intervalSeconds: 5,
      timeoutSeconds: 1,
      retries: 3,
      startPeriodSeconds: 0,
    },
  });
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
  expect(byHand).not.toEqual(spec);
  expect(byHand.healthcheck?.command).toEqual(["CMD-SHELL", "true"]);
});
