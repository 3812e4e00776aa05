import { spawnSync } from "node:child_process";
import { probeCommand, readProbe } from "../../../cli/status/host-probe";
import { certificates, rebootNotices } from "../../../cli/status/collect";
import { type AgeFacts, imageAges, oldImageNotices } from "../../../cli/status/image-ages";
import { judge } from "../../../cli/status/judge";
import type { AddressStatus, HostStatus, StatusReport } from "../../../cli/status/report";
import { statusText } from "../../../cli/status/status-text";
import { serviceContext } from "../../../cli/status/context";
import { ageText, shortImage, timeText } from "../../../cli/status/image-text";
import {
  nodesByHost,
  removedServices,
  serviceStatuses,
  volumeStatuses,
} from "../../../cli/status/swarm-facts";
import type { SwarmFacts } from "../../../cli/swarm/facts";
import type { EngineNode } from "../../../model/engine-api/node";
import type { EngineService } from "../../../model/engine-api/service";
import type { EngineTask } from "../../../model/engine-api/task";
import { readOutputs } from "../../../cli/hosts/outputs";
import { proofOf } from "../../../cli/promotion/proof";
import { plain } from "../../../cli/terminal";

const node = (
  index: number,
  more: {
    state?: EngineNode["Status"]["State"];
    availability?: EngineNode["Spec"]["Availability"];
    leader?: boolean;
  } = {},
): EngineNode => ({
  ID: `n${index}`,
  Description: { Hostname: `p-hive${index}.hive.example` },
  Spec: { Role: "manager", Availability: more.availability ?? "active" },
  Status: { State: more.state ?? "ready" },
  ManagerStatus: { Leader: more.leader ?? false },
});
const now = Date.parse("2026-11-23T12:00:00Z");
const image = `registry.hive.example:5000/webgate@sha256:${"0123456789abcdef".repeat(4)}`;
const task = (index: number, state = "running", error = "", time = "2026-11-23T10:00:00Z") => ({
  ID: `t${index}`,
  ServiceID: "s",
  NodeID: `n${index}`,
  DesiredState: "running",
  Spec: { ContainerSpec: { Image: image } },
  Status: { State: state, Err: error, Timestamp: time },
});
const webgate = (mode: object) => ({
  ID: "s",
  Spec: { Name: "webgate", Mode: mode, TaskTemplate: { ContainerSpec: { Image: image } } },
});
const facts = (more: Partial<SwarmFacts>): SwarmFacts => ({
  nodes: [node(0, { leader: true }), node(1), node(2)],
  services: [webgate({ Global: {} })],
  tasks: [task(0), task(1), task(2)],
  configs: [],
  ...more,
});

describe("services", () => {
  test("a global service wants a task on each host that takes tasks", () => {
    const nodes = [node(0), node(1), node(2, { availability: "drain" })];
    expect(serviceStatuses(facts({ nodes, tasks: [task(0), task(1)] }), { now })[0]).toMatchObject({
      wanted: 2,
      running: 2,
    });
  });

  test("a task of a lost host does not run, whatever the manager last heard of it", () => {
    const nodes = [node(0), node(1), node(2, { state: "down" })];
    expect(serviceStatuses(facts({ nodes }), { now })[0]).toMatchObject({
      running: 2,
      hosts: ["p-hive0", "p-hive1"],
    });
  });

  test("a task runs although a new leader has not heard of its host yet", () => {
    const nodes = [node(0), node(1), node(2, { state: "unknown" })];
    expect(serviceStatuses(facts({ nodes }), { now })[0]).toMatchObject({ running: 3 });
  });

  test("while tasks are wanting, the newest error is told; later it is history", () => {
    const failing = [
      task(0),
      task(1, "rejected", "old", "2026-11-23T09:00:00Z"),
      task(1, "rejected", "No such image", "2026-11-23T11:00:00Z"),
    ];
    const services = [webgate({ Replicated: { Replicas: 2 } })];
    expect(serviceStatuses(facts({ services, tasks: failing }), { now })[0]).toMatchObject({
      wanted: 2,
      running: 1,
      error: "No such image",
    });
    expect(
      serviceStatuses(facts({ services, tasks: [...failing, task(2)] }), { now })[0],
    ).not.toHaveProperty("error");
  });
});

test("a task that is being stopped does not count, and errors of another release are history", () => {
  const services = [webgate({ Replicated: { Replicas: 2 } })];
  const tasks: EngineTask[] = [
    task(0),
    { ...task(1), DesiredState: "shutdown" },
    {
      ...task(2, "failed", "task: non-zero exit (1)"),
      Spec: { ContainerSpec: { Image: image.replace("0123", "ffff") } },
    },
  ];
  const [seen] = serviceStatuses(facts({ services, tasks }), { now });
  expect(seen).toMatchObject({ wanted: 2, running: 1, hosts: ["p-hive0"] });
  expect(seen).not.toHaveProperty("error");
});

describe("tasks of an earlier version", () => {
  const older = (index: number): EngineTask => ({
    ...task(index),
    Spec: { ContainerSpec: { Image: image.replace("0123", "ffff") } },
  });
  const seen = (state?: string) => {
    const changed = {
      ...webgate({ Global: {} }),
      ...(state === undefined ? {} : { UpdateStatus: { State: state } }),
    };
    const tasks = [task(0), older(1), older(2)];
    return serviceStatuses(facts({ services: [changed], tasks }), { now });
  };

  test("do not count as running what is wanted, and are told beside it", () => {
    const services = seen();
    expect(services[0]).toMatchObject({ wanted: 3, running: 1, older: 2 });
    expect(statusText({ ...report({ services }), problems: [] }, plain, now)).toContain(
      "1 of 3, 2 older",
    );
    expect(judge(report({ services }))).toEqual([
      "webgate runs 1 of 3 tasks, and 2 of an earlier version.",
    ]);
  });

  test("that stay beside those that are wanted are a problem, though enough run", () => {
    const one = webgate({ Replicated: { Replicas: 1 } });
    const left = (state?: string) => {
      const service = state === undefined ? one : { ...one, UpdateStatus: { State: state } };
      return serviceStatuses(facts({ services: [service], tasks: [task(0), older(1)] }), { now });
    };
    expect(judge(report({ services: left() }))).toEqual([
      "webgate runs one task more than it should: Swarm missed it in a change. " +
        "`npx hive up --refresh --stack private` removes the rest.",
    ]);
    expect(judge(report({ services: left("updating") }))).toEqual([]);
  });

  test("do the work while a change is rolled out, and prove nothing of the new image", () => {
    const services = seen("updating");
    expect(judge(report({ services }))).toEqual([]);
    const none = seen("").map((service) => ({ ...service, running: 0, older: 3 }));
    expect(proofOf("staging", none, image.split("@")[1] ?? "").by).toEqual([]);
  });
});

test("of replicas with a limit for each host, those are wanted that the hosts may hold", () => {
  const spread = webgate({ Replicated: { Replicas: 3 } });
  const template = { ...spread.Spec.TaskTemplate, Placement: { MaxReplicas: 1 } };
  const services = [{ ...spread, Spec: { ...spread.Spec, TaskTemplate: template } }];
  const nodes = [node(0), node(1), node(2, { availability: "drain" })];
  const tasks = [task(0), task(1)];
  expect(serviceStatuses(facts({ services, nodes, tasks }), { now })[0]).toMatchObject({
    wanted: 2,
    running: 2,
  });
});

describe("what a host says", () => {
  const answer = (...parts: string[]) => parts.join("\n--hive--\n");

  test("all is well", () => {
    expect(readProbe(answer("running", "", "20.10.24+dfsg1", "41%", "no"))).toEqual({
      system: "running",
      failedUnits: [],
      engine: "20.10.24+dfsg1",
      diskUsedPercent: 41,
      ipvs: false,
    });
  });

  test("a unit failed and the engine does not answer", () => {
    expect(readProbe(answer("degraded", "docker.service\nfoo.service", "", "97%"))).toEqual({
      system: "degraded",
      failedUnits: ["docker.service", "foo.service"],
      diskUsedPercent: 97,
    });
  });

  test("a host that was cut off in its answer is no error of ours", () => {
    expect(readProbe("")).toEqual({ system: "unknown", failedUnits: [] });
  });

  test("each question may fail alone", () => {
    expect(probeCommand.split(";").filter((part) => part.includes("--hive--"))).toHaveLength(5);
  });

  test("a server that waits for a reboot says so", () => {
    expect(readProbe(answer("running", "", "26.1", "1%", "yes", "reboot"))).toMatchObject({
      rebootWaits: true,
    });
    expect(readProbe(answer("running", "", "26.1", "1%", "yes", ""))).not.toHaveProperty(
      "rebootWaits",
    );
  });

  test("the command runs, and this computer answers each question", () => {
    const { stdout } = spawnSync("sh", ["-c", probeCommand], { encoding: "utf8" });
    expect(stdout.split("--hive--")).toHaveLength(6);
    expect(["", "reboot"]).toContain(stdout.split("--hive--").at(-1)?.trim());
  });
});

const host = (index: number, more: Partial<HostStatus> = {}): HostStatus => ({
  name: `p-hive${index}.hive.example`,
  role: index === 3 ? "repository" : "cluster",
  zone: `zone-${"abca"[index]}`,
  privateAddress: `172.29.16.${4 + index}`,
  reachable: true,
  missing: [],
  system: "running",
  failedUnits: [],
  engine: "20.10.24",
  diskUsedPercent: 10,
  ...(index === 3
    ? {}
    : { swarm: { manager: true, leader: index === 0, state: "ready", availability: "active" } }),
  ...more,
});
const address = (index: number, more: Partial<AddressStatus> = {}): AddressStatus => ({
  url: `http://172.29.16.${4 + index}/`,
  host: `p-hive${index}`,
  target: 80,
  moves: false,
  answers: true,
  ...more,
});
const report = (more: Partial<StatusReport> = {}): Omit<StatusReport, "problems"> => ({
  stage: "private",
  site: "hive.example",
  hosts: [0, 1, 2, 3].map((index) => host(index)),
  cluster: { answers: true, leader: "p-hive0.hive.example" },
  volumes: [],
  removedServices: [],
  certificates: [],
  imageAges: [],
  services: serviceStatuses(facts({}), {
    now,
    addresses: { webgate: [address(0)] },
    builtAt: { [image.split("@")[1] ?? ""]: "2026-11-23T09:00:00Z" },
  }),
  notices: [],
  ...more,
});

/** The host with index 1, without one of the facts about it. */
function without(fact: "engine" | "swarm"): HostStatus {
  const facts = Object.entries(host(1)).filter(([name]) => name !== fact);
  return Object.fromEntries(facts) as unknown as HostStatus;
}

describe("the registry's certificate", () => {
  const day = 24 * 3600 * 1000;
  const ending = (days: number) =>
    certificates(
      {
        registry: {
          address: "registry.hive.example:5000",
          certificateEnd: new Date(now + days * day).toISOString(),
        },
      },
      now,
    );

  test("is told, and is a problem long before its end", () => {
    const problems = (days: number) => judge(report({ certificates: ending(days) }));
    expect(problems(120)).toEqual([]);
    expect(problems(42)).toEqual([
      "The certificate of registry.hive.example expires in 42 days, on 2027-01-04; then servers cannot pull images from it: `npx hive up --stack private` renews it.",
    ]);
    expect(problems(-1)[0]).toMatch(
      /^The certificate of registry.hive.example expired on .*hive up/,
    );
    const whole = report({ certificates: ending(300) });
    expect(statusText({ ...whole, problems: [] }, plain, now)).toContain(
      "certificate of registry.hive.example: until 2027-09-19, 300 days",
    );
  });

  test("of a stage of an older version is not told", () => {
    expect(certificates({ registry: { address: "registry.hive.example:5000" } }, now)).toEqual([]);
  });
});

describe("the ages of images", () => {
  const base = {
    name: "debian:trixie-slim",
    kind: "base" as const,
    id: "sha256:b",
    isLocal: false,
  };
  const registry = { ...base, name: "registry", kind: "platform" as const, id: "sha256:r" };
  const ages = (more: Partial<AgeFacts> = {}) =>
    imageAges({
      images: [base, registry],
      built: new Map([
        ["sha256:b", "2026-10-01T00:00:00Z"],
        ["sha256:r", "2026-11-20T00:00:00Z"],
      ]),
      services: [
        { name: "gate", builtAt: "2026-11-22T00:00:00Z" },
        { name: "web", builtAt: "2026-01-01T00:00:00Z" },
      ],
      serverImage: "2026-11-01T00:00:00Z",
      now,
      ...more,
    });
  const lineOf = (imageAges: StatusReport["imageAges"]): string | undefined =>
    statusText({ ...report({ imageAges }), problems: [] }, plain, now)
      .split("\n")
      .find((line) => line.startsWith("age of images"));

  test("are on one line, the oldest base image first", () => {
    expect(lineOf(ages())).toBe(
      "age of images: debian:trixie-slim 53 days, servers 22 days, registry 3 days, gate 1 day; never updated",
    );
    expect(lineOf([])).toBeUndefined();
  });

  test("of a base image count from its last update", () => {
    const images = [{ ...base, updated: "2026-11-21T10:00:00Z" }, registry];
    expect(lineOf(ages({ images }))).toBe(
      "age of images: debian:trixie-slim 2 days, servers 22 days, registry 3 days, gate 1 day; last update 2026-11-21",
    );
  });

  test("are a note from 30 days on, which says how to renew them", () => {
    expect(oldImageNotices(ages(), "private")).toEqual([
      "Images are old, and lack the security updates since they were built: debian:trixie-slim (53 days). `npx hive update --stack private` renews them.",
    ]);
    const days = (count: number) => [{ name: "gate", kind: "platform" as const, days: count }];
    expect(oldImageNotices(days(29), "private")).toEqual([]);
    expect(oldImageNotices(days(30), "private")).toHaveLength(1);
  });

  test("that are not known are not told", () => {
    expect(ages({ built: new Map(), services: [], serverImage: undefined })).toEqual([]);
    expect(ages({ serverImage: "1970-01-01T00:00:00Z" }).map(({ name }) => name)).not.toContain(
      "servers",
    );
  });
});

test("a reboot that is waited for is a note, with the way without a gap", () => {
  const hosts = [host(0, { rebootWaits: true }), host(1), host(3, { rebootWaits: true })];
  const notices = rebootNotices(hosts, "production");
  expect(notices[0]).toMatch(
    /^p-hive0 waits for a reboot.*`npx hive drain p-hive0 --stack production`.*reboot`.*`npx hive undrain p-hive0 --stack production`/,
  );
  expect(notices[1]).toMatch(/^p-hive3 waits for a reboot/);
  expect(notices[1]).not.toContain("drain");
  expect(judge(report({ hosts }))).toEqual([]);
});

describe("what is wrong", () => {
  test("services that have a virtual address, or a port in the routing mesh, on kernels without IPVS", () => {
    const endpoint = (EndpointSpec: object, networks: object[] = [{}]): boolean => {
      const { Spec, ...rest } = webgate({ Global: {} });
      const template = { ...Spec.TaskTemplate, Networks: networks };
      const services = [{ ...rest, Spec: { ...Spec, TaskTemplate: template, EndpointSpec } }];
      const lacking = [host(0), host(1, { ipvs: false }), host(2, { ipvs: true }), host(3)];
      const seen = serviceStatuses(facts({ services }), { now });
      const problems = judge(report({ services: seen, hosts: lacking }));
      const problem = problems.find((text) => text.startsWith("On ")) ?? "";
      expect(problem).toMatch(
        /^$|^On p-hive1, no client can connect to webgate by .*endpointMode: "dnsrr"/,
      );
      return problem !== "";
    };
    expect(endpoint({ Mode: "vip" })).toBe(true);
    expect(endpoint({})).toBe(true);
    expect(endpoint({ Mode: "vip", Ports: [{ PublishMode: "host" }] }, [])).toBe(false);
    expect(endpoint({ Mode: "dnsrr", Ports: [{ PublishMode: "host" }] })).toBe(false);
    expect(endpoint({ Mode: "vip", Ports: [{ PublishMode: "ingress" }] }, [])).toBe(true);
  });

  test("a service that was removed by hand, which the Swarm says nothing of", () => {
    const deployed = { webgate: image, after: image };
    expect(removedServices(facts({}), { now, deployed })).toEqual(["after"]);
    expect(judge(report({ removedServices: ["after"] }))).toEqual([
      "after was deployed but is not in the Swarm: somebody removed it. `npx hive up --refresh --stack private` creates it again.",
    ]);
  });

  test("nothing", () => {
    expect(judge(report())).toEqual([]);
  });

  test("a dead host: once for the host, once for the Swarm's view, and the service that lacks a task", () => {
    const nodes = [node(0, { leader: true }), node(1, { state: "down" }), node(2)];
    const swarm = nodesByHost(facts({ nodes })).get("p-hive1.hive.example")!;
    const dead = host(1, {
      reachable: false,
      reason: "it does not answer on its SSH port.",
      swarm,
    });
    const services = serviceStatuses(facts({ nodes }), { now });
    expect(judge(report({ hosts: [host(0), dead, host(2), host(3)], services }))).toEqual([
      "p-hive1 is unreachable: it does not answer on its SSH port.",
      "webgate runs 2 of 3 tasks.",
    ]);
  });

  test.each([
    ["paused", "p-hive1 is paused: `npx hive up --stack private` resumes it."],
    ["stopped", "p-hive1 is stopped: `npx hive up --stack private` starts it."],
  ] as const)("a server of this computer that is %s is told as such, once", (power, text) => {
    const swarm = nodesByHost(facts({ nodes: [node(1, { state: "down" })] })).get(
      "p-hive1.hive.example",
    )!;
    const asleep = host(1, { reachable: false, reason: "no answer", power, swarm });
    const hosts = [host(0), asleep, host(2), host(3)];
    expect(judge(report({ hosts }))).toEqual([text]);
    expect(statusText({ ...report({ hosts }), problems: [] }, plain, now)).toMatch(
      new RegExp(`^p-hive1\\S+ +\\S+ +zone-b +${power} `, "m"),
    );
  });

  test.each([
    [
      "a failed unit",
      host(1, { system: "degraded", failedUnits: ["nftables.service"] }),
      /p-hive1, nftables\.service failed/,
    ],
    [
      "what a run could not do there",
      host(1, { missing: ["firewall", "image web"] }),
      /p-hive1 was unreachable in the last run, and this is still to be done there: firewall, image web\. `npx hive up --stack private` does it/,
    ],
    ["a dead engine", without("engine"), /Docker Engine of p-hive1 does not answer/],
    ["a full disk", host(1, { diskUsedPercent: 97 }), /97 % full/],
    [
      "a drained node",
      host(1, { swarm: { manager: true, leader: false, state: "ready", availability: "drain" } }),
      /takes no tasks/,
    ],
    [
      "a worker",
      host(1, { swarm: { manager: false, leader: false, state: "ready", availability: "active" } }),
      /is not a manager/,
    ],
    ["a host outside of the Swarm", without("swarm"), /p-hive1 is not in the Swarm/],
  ])("%s", (_what, wrong, sentence) => {
    const problems = judge(report({ hosts: [host(0), wrong, host(2), host(3)] }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
  });

  test("no quorum", () => {
    expect(judge(report({ cluster: { answers: false, reason: "no quorum" } }))).toContain(
      "No manager of the Swarm answers: no quorum",
    );
  });

  test.each([
    [1, true],
    [2, false],
  ])("no manager answers and %i of three servers are lost", (lost, elects) => {
    const hosts = [0, 1, 2].map((index) => host(index, { reachable: index >= lost }));
    const problems = judge(report({ hosts, cluster: { answers: false, reason: "deadline" } }));
    expect(problems.some((text) => text.includes("elect a new one"))).toBe(elects);
  });
});

test("one screen", () => {
  const whole = report();
  expect(statusText({ ...whole, problems: judge(whole) }, plain, now)).toMatchInlineSnapshot(`
    "hive.example, stage private

    server                address      zone    ssh      system   engine           swarm
    p-hive0.hive.example  172.29.16.4  zone-a  answers  running  Docker 20.10.24  leader
    p-hive1.hive.example  172.29.16.5  zone-b  answers  running  Docker 20.10.24  manager
    p-hive2.hive.example  172.29.16.6  zone-c  answers  running  Docker 20.10.24  manager
    p-hive3.hive.example  172.29.16.7  zone-a  answers  running  Docker 20.10.24  not a member (repository server)

    service  mode    running  on                       image                 built
    webgate  global  3 of 3   p-hive0 p-hive1 p-hive2  webgate@0123456789ab  3 h ago

    webgate: http://172.29.16.4/

    All is well."
  `);
});

test("what the plan tells of the site is no problem, and stands before the verdict", () => {
  const notice = "shelf: its data do not follow it.\nPin it.";
  const whole = report({ notices: [notice] });
  expect(judge(whole)).toEqual([]);
  expect(statusText({ ...whole, problems: [] }, plain, now)).toMatch(
    /\n\nNotes:\n {2}- shelf: its data do not follow it\.\n {4}Pin it\.\n\nAll is well\.$/,
  );
});

describe("services that run to their end", () => {
  const job = (labels: Record<string, string>, index = 3): EngineService => ({
    ID: "j",
    Spec: {
      Name: "nightly",
      Labels: labels,
      Mode: { ReplicatedJob: { TotalCompletions: 1 } },
      TaskTemplate: { ContainerSpec: { Image: image }, RestartPolicy: { Condition: "none" } },
    },
    JobStatus: { JobIteration: { Index: index } },
  });
  const run = (state: string, index = 3, error = ""): EngineTask => ({
    ID: `r${index}`,
    ServiceID: "j",
    NodeID: "n1",
    DesiredState: "complete",
    JobIteration: { Index: index },
    CreatedAt: "2026-11-23T03:00:01Z",
    UpdatedAt: "2026-11-23T03:00:09Z",
    Status: { State: state, Err: error },
  });
  const look = (service: EngineService, tasks: readonly EngineTask[]) =>
    serviceStatuses(facts({ services: [service], tasks }), { now })[0]!;

  test("a scheduled one tells its last and its next run", () => {
    const labels = { "hive.schedule": "0 3 * * *", "hive.schedule.last": "2026-11-23T03:00:00Z" };
    const seen = look(job(labels), [run("failed", 2, "old"), run("complete")]);
    expect(seen.job).toEqual({
      schedule: "0 3 * * *",
      state: "complete",
      lastRun: "2026-11-23T03:00:00Z",
      nextRun: "2026-11-24T03:00:00.000Z",
    });
    expect(judge(report({ services: [seen] }))).toEqual([]);
  });

  const shown = (service: EngineService, tasks: readonly EngineTask[]): string =>
    statusText({ ...report({ services: [look(service, tasks)] }), problems: [] }, plain, now)
      .split("\n")
      .find((line) => line.startsWith("nightly")) ?? "";

  test("one that was changed after its last run does not claim that it never ran", () => {
    const labels = { "hive.schedule": "0 3 * * *", "hive.schedule.last": "2026-11-23T03:00:00Z" };
    const changed = job(labels, 4);
    const waiting = {
      ...changed,
      Spec: { ...changed.Spec, Mode: { ReplicatedJob: { TotalCompletions: 0 } } },
    };
    expect(look(waiting, [run("complete")]).job?.state).toBe("changed");
    expect(shown(waiting, [run("complete")])).toMatch(/ {2}changed since {2}2026-11-23 03:00 UTC/);
    // A run that was just started has no task yet.
    expect(look(changed, [run("complete")]).job?.state).toBe("running");
    expect(shown(changed, [])).toMatch(/ {2}starts {2}2026-11-23 03:00 UTC/);
  });

  test("failed tries are told, with the reason of the newest", () => {
    const plainJob = job({});
    const thrice = {
      ...plainJob,
      Spec: {
        ...plainJob.Spec,
        TaskTemplate: {
          ...plainJob.Spec.TaskTemplate,
          RestartPolicy: { Condition: "on-failure", MaxAttempts: 2 },
        },
      },
    };
    const bad = run("failed", 3, "task: non-zero exit (2)");
    expect(shown(thrice, [bad, bad, run("preparing")])).toMatch(
      / {2}starts, failed 2 of 3 tries .* task: non-zero exit \(2\)$/,
    );
    expect(shown(thrice, [bad, bad, run("running")])).toContain(
      "runs on p-hive1, failed 2 of 3 tries",
    );
    expect(shown(thrice, [bad, run("complete")])).toMatch(/ {2}complete, failed 1 of 3 tries {2}/);
    const failed = look(thrice, [bad, bad, bad]);
    expect(failed.job?.failedTries).toEqual({ failed: 3, allowed: 3 });
    expect(shown(thrice, [bad, bad, bad])).toMatch(/ {2}failed 3 of 3 tries .*exit \(2\)$/);
    expect(judge(report({ services: [failed] }))).toEqual([
      "The last run of the job nightly failed 3 of 3 tries: task: non-zero exit (2): `npx hive logs nightly` shows what it printed.",
    ]);
  });

  test.each([
    ["never run", []],
    ["running", [run("preparing")]],
    ["complete", [run("complete")]],
    ["failed", [run("failed", 3, "task: non-zero exit (2)")]],
  ] as const)("%s", (state, tasks) => {
    expect(look(job({}), tasks).job?.state).toBe(state);
  });

  test("one that failed is a problem with its error; one that waits for its time is none", () => {
    const failed = look(job({}), [run("failed", 3, "task: non-zero exit (2)")]);
    expect(judge(report({ services: [failed] }))).toEqual([
      "The last run of the job nightly failed: task: non-zero exit (2): `npx hive logs nightly` shows what it printed.",
    ]);
    expect(judge(report({ services: [look(job({}), [])] }))).toEqual([]);
  });
});

describe("what runs is not what was deployed", () => {
  const newer = image.replace("0123", "ffff");
  const seen = (more: Partial<EngineService>, deployed = image) =>
    serviceStatuses(facts({ services: [{ ...webgate({ Global: {} }), ...more }] }), {
      now,
      deployed: { webgate: deployed },
    });

  test("a change that is being rolled out is no problem", () => {
    const services = seen({ UpdateStatus: { State: "updating", Message: "" } }, newer);
    expect(judge(report({ services }))).toEqual([]);
    const whole = report({ services });
    expect(statusText({ ...whole, problems: [] }, plain, now)).toContain("rolling out");
  });

  test("rolled back by the Swarm: why, and what the next run does", () => {
    const services = seen(
      {
        UpdateStatus: { State: "rollback_completed", Message: "update rolled back due to failure" },
      },
      newer,
    );
    expect(judge(report({ services }))).toEqual([
      "The last change of webgate failed and was rolled back (update rolled back due to failure); the next `npx hive up --stack private` deploys what the site and its pins say.",
    ]);
  });

  test("changed by hand", () => {
    expect(judge(report({ services: seen({}, newer) }))).toEqual([
      "webgate runs webgate@0123456789ab, but the last complete run deployed webgate@ffff456789ab: `npx hive up --refresh --stack private` deploys what the site and its pins say.",
    ]);
  });

  test("a service that gave something to another one, and was not changed or removed by that run", () => {
    const { Spec, ...rest } = webgate({ Replicated: { Replicas: 0 } });
    const Labels = { "hive.gave": "the volume data to web2" };
    const services = serviceStatuses(
      facts({ services: [{ ...rest, Spec: { ...Spec, Labels } }], tasks: [] }),
      { now },
    );
    expect(judge(report({ services }))).toEqual([
      "webgate gave the volume data to web2 and does not run: that run is still going on, or it failed. " +
        "`npx hive up --stack private` changes or removes webgate as the site says.",
    ]);
  });

  test("a roll-out that is paused", () => {
    const services = seen({ UpdateStatus: { State: "paused", Message: "task failed" } });
    expect(judge(report({ services }))[0]).toContain("The roll-out of webgate is paused");
  });
});

describe("initial data", () => {
  const record = (step: string, result: string, at: string, detail = "") => ({
    ID: `${step}${at}`,
    Spec: {
      Name: "hive.init.webgate",
      Labels: {
        "hive.init.service": "webgate",
        "hive.init.step": step,
        "hive.init.result": result,
        "hive.init.at": at,
        "hive.init.detail": detail,
      },
    },
  });
  const configs = [
    record("users", "failed", "2026-11-23T08:00:00Z", "exit code 3 on p-hive1"),
    record("users", "done", "2026-11-23T09:00:00Z", "on p-hive1"),
    record("groups", "failed", "2026-11-23T09:30:00Z", "exit code 3 on p-hive1"),
    record("gone", "done", "2026-11-20T09:30:00Z"),
  ];
  const services = serviceStatuses(facts({ configs }), {
    now,
    steps: { webgate: ["users", "groups", "pictures"] },
  });

  test("the newest record of each step of the site counts; what has none is missing", () => {
    expect(services[0]?.initialization.map(({ step, result }) => [step, result])).toEqual([
      ["users", "done"],
      ["groups", "failed"],
      ["pictures", "missing"],
    ]);
  });

  test("what failed or is missing is a problem that says what to do", () => {
    expect(judge(report({ services }))).toEqual([
      "The step groups of the initialization of webgate failed: exit code 3 on p-hive1. `npx hive up --stack private` runs it again.",
      "The step pictures of the initialization of webgate has not been run: `npx hive up --stack private` runs it.",
    ]);
  });

  test("without the site, all records are shown", () => {
    const seen = serviceStatuses(facts({ configs }), { now })[0]?.initialization;
    expect(seen?.map(({ step }) => step)).toEqual(["gone", "groups", "users"]);
  });
});

test("a replicated volume is in use where tasks run that mount it", () => {
  const withVolume = (driver: string): EngineService => ({
    ...webgate({ Replicated: { Replicas: 1 } }),
    Spec: {
      Name: "ldap",
      Mode: { Replicated: { Replicas: 1 } },
      TaskTemplate: {
        ContainerSpec: {
          Image: image,
          Mounts: [
            { Type: "volume", Source: "data", VolumeOptions: { DriverConfig: { Name: driver } } },
            { Type: "bind", Source: "/etc" },
          ],
        },
      },
    },
  });
  const seen = (driver: string, replicated?: string[]) =>
    volumeStatuses(facts({ services: [withVolume(driver)], tasks: [task(1)] }), {
      now,
      ...(replicated === undefined ? {} : { replicated }),
    });
  const expected = [{ name: "data", services: ["ldap"], hosts: ["p-hive1"] }];
  expect(seen("hive-shared")).toEqual(expected);
  expect(seen("local")).toEqual([]);
  expect(seen("local", ["data"])).toEqual(expected);
});

describe("a volume that a server does not let go", () => {
  const own =
    "hive-shared: volume 'data' is held by the task webgate.1 on p-hive1.hive.example since 2026-11-23T09:00:00Z, " +
    "and was not released within 30 s. Only one task at a time may write it";
  const engines = `error while mounting volume '': VolumeDriver.Mount: ${own}`;
  const users = (...mounted: readonly string[]): EngineService[] =>
    mounted.map((name) => ({
      ID: name,
      Spec: {
        Name: name,
        Mode: { Replicated: { Replicas: 1 } },
        TaskTemplate: {
          ContainerSpec: {
            Image: image,
            Mounts: [
              {
                Type: "volume",
                Source: "data",
                VolumeOptions: { DriverConfig: { Name: "hive-shared" } },
              },
            ],
          },
        },
      },
    }));
  const refusedTask = (name: string): EngineTask => ({
    ...task(0, "rejected", engines),
    Spec: users(name)[0]!.Spec.TaskTemplate,
    ServiceID: name,
  });
  const swarm = (...names: readonly string[]): SwarmFacts =>
    facts({ services: users(...names), tasks: names.map(refusedTask) });

  test("is held there in the table of volumes, until a task runs", () => {
    const held = swarm("clock");
    expect(volumeStatuses(held, { now })).toEqual([
      { name: "data", services: ["clock"], hosts: [], heldOn: "p-hive1" },
    ]);
    const again = { ...task(1), ServiceID: "clock" };
    expect(volumeStatuses({ ...held, tasks: [...held.tasks, again] }, { now })).toEqual([
      { name: "data", services: ["clock"], hosts: ["p-hive1"] },
    ]);
    const volumes = volumeStatuses(held, { now });
    const shown = statusText({ ...report({ volumes }), problems: [] }, plain, now);
    expect(shown).toMatch(/data +held on p-hive1 +clock/);
  });

  test.each([
    ["one service", ["clock"], [`clock runs 0 of 1 tasks: ${own}.`]],
    [
      "two services",
      ["chime", "clock"],
      [`chime runs 0 of 1 tasks: ${own}.`, "clock runs 0 of 1 tasks: the same error as chime."],
    ],
  ])("is told once, in the driver's words: %s", (_title, names, expected) => {
    const services = serviceStatuses(swarm(...names), { now });
    expect(judge(report({ services }))).toEqual(expected);
  });

  test("is not told again by a step that failed because of it", () => {
    const [clock] = serviceStatuses(swarm("clock"), { now });
    const step = { step: "users", result: "failed" as const, detail: `${own}.` };
    expect(judge(report({ services: [{ ...clock!, initialization: [step] }] }))).toEqual([
      `clock runs 0 of 1 tasks: ${own}.`,
      "The step users of the initialization of clock failed. `npx hive up --stack private` runs it again.",
    ]);
  });
});

test("a global service with constraints wants a task only where they are met", () => {
  const service: EngineService = {
    ...webgate({ Global: {} }),
    Spec: {
      Name: "webgate",
      Mode: { Global: {} },
      TaskTemplate: {
        ContainerSpec: { Image: image },
        Placement: { Constraints: ["node.hostname==p-hive1.hive.example"] },
      },
    },
  };
  const [seen] = serviceStatuses(facts({ services: [service], tasks: [task(1)] }), { now });
  expect(seen).toMatchObject({ wanted: 1, running: 1 });
});

test("the outputs of a stage tell what was deployed, and when it was built", () => {
  const outputs = readOutputs("private", {
    stage: "private",
    site: "hive.example",
    hosts: [],
    services: { webgate: { image, endpoints: ["http://x/"], routes: ["http://x/app/"] } },
    images: {
      webgate: {
        reference: image,
        releases: [
          { tag: "t", digest: "sha256:1", reference: image, builtAt: "2026-11-23T09:00:00Z" },
        ],
      },
    },
    access: [],
  });
  expect(serviceContext(outputs, undefined, now)).toEqual({
    deployed: { webgate: image },
    builtAt: { "sha256:1": "2026-11-23T09:00:00Z" },
    now,
  });
});

test.each([
  ["registry.hive.example:5000/webgate@sha256:0123456789abcdef", "webgate@0123456789ab"],
  ["docker.io/library/nginx:1.27@sha256:0123456789abcdef", "nginx@0123456789ab"],
  ["nginx:1.27", "nginx:1.27"],
  [`sha256:${"0123456789abcdef".repeat(4)}`, "0123456789ab"],
])("%s is shown as %s", (reference, shown) => {
  expect(shortImage(reference)).toBe(shown);
});

test("times in words", () => {
  const ages = [
    "2026-11-23T11:59:40Z",
    "2026-11-23T11:00:00Z",
    "2026-11-22T12:00:00Z",
    "2026-11-01",
  ];
  expect(ages.map((time) => ageText(time, now))).toEqual([
    "just now",
    "60 min ago",
    "24 h ago",
    "23 days ago",
  ]);
  expect([ageText(undefined, now), timeText("2026-11-23T03:00:09Z"), timeText("")]).toEqual([
    "-",
    "2026-11-23 03:00 UTC",
    "-",
  ]);
});
