import { probeCommand, readProbe } from "../../../cli/status/host-probe";
import { judge } from "../../../cli/status/judge";
import type { HostStatus, StatusReport } from "../../../cli/status/report";
import { statusText } from "../../../cli/status/status-text";
import { nodesByHost, serviceStatuses, type SwarmFacts } from "../../../cli/status/swarm-facts";
import { plain } from "../../../cli/terminal";

const node = (
  index: number,
  more: { state?: string; availability?: string; leader?: boolean } = {},
) => ({
  ID: `n${index}`,
  Description: { Hostname: `p-hive${index}.hive.example` },
  Spec: { Role: "manager", Availability: more.availability ?? "active" },
  Status: { State: more.state ?? "ready" },
  ManagerStatus: { Leader: more.leader ?? false },
});
const task = (index: number, state = "running", error = "", time = "2026-11-23T10:00:00Z") => ({
  ServiceID: "s",
  NodeID: `n${index}`,
  UpdatedAt: time,
  Status: { State: state, Err: error },
});
const image = `registry.hive.example:5000/webgate@sha256:${"0123456789abcdef".repeat(4)}`;
const webgate = (mode: object) => ({
  ID: "s",
  Spec: { Name: "webgate", Mode: mode, TaskTemplate: { ContainerSpec: { Image: image } } },
});
const facts = (more: Partial<SwarmFacts>): SwarmFacts => ({
  nodes: [node(0, { leader: true }), node(1), node(2)],
  services: [webgate({ Global: {} })],
  tasks: [task(0), task(1), task(2)],
  ...more,
});

describe("services", () => {
  test("a global service wants a task on each host that takes tasks", () => {
    const nodes = [node(0), node(1), node(2, { availability: "drain" })];
    expect(serviceStatuses(facts({ nodes, tasks: [task(0), task(1)] }), {})[0]).toMatchObject({
      wanted: 2,
      running: 2,
    });
  });

  test("a task of a lost host does not run, whatever the manager last heard of it", () => {
    const nodes = [node(0), node(1), node(2, { state: "down" })];
    expect(serviceStatuses(facts({ nodes }), {})[0]).toMatchObject({
      running: 2,
      hosts: ["p-hive0", "p-hive1"],
    });
  });

  test("while tasks are wanting, the newest error is told; later it is history", () => {
    const failing = [
      task(0),
      task(1, "rejected", "old", "2026-11-23T09:00:00Z"),
      task(1, "rejected", "No such image", "2026-11-23T11:00:00Z"),
    ];
    const services = [webgate({ Replicated: { Replicas: 2 } })];
    expect(serviceStatuses(facts({ services, tasks: failing }), {})[0]).toMatchObject({
      wanted: 2,
      running: 1,
      error: "No such image",
    });
    expect(
      serviceStatuses(facts({ services, tasks: [...failing, task(2)] }), {})[0],
    ).not.toHaveProperty("error");
  });
});

describe("what a host says", () => {
  const answer = (...parts: string[]) => parts.join("\n--hive--\n");

  test("all is well", () => {
    expect(readProbe(answer("running", "", "20.10.24+dfsg1", "41%"))).toEqual({
      system: "running",
      failedUnits: [],
      engine: "20.10.24+dfsg1",
      diskUsedPercent: 41,
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
    expect(probeCommand.split(";").filter((part) => part.includes("--hive--"))).toHaveLength(3);
  });
});

const host = (index: number, more: Partial<HostStatus> = {}): HostStatus => ({
  name: `p-hive${index}.hive.example`,
  role: index === 3 ? "repository" : "cluster",
  zone: `zone-${"abca"[index]}`,
  privateAddress: `172.29.16.${4 + index}`,
  reachable: true,
  system: "running",
  failedUnits: [],
  engine: "20.10.24",
  diskUsedPercent: 10,
  ...(index === 3
    ? {}
    : { swarm: { manager: true, leader: index === 0, state: "ready", availability: "active" } }),
  ...more,
});
const report = (more: Partial<StatusReport> = {}): Omit<StatusReport, "problems"> => ({
  stage: "private",
  site: "hive.example",
  hosts: [0, 1, 2, 3].map((index) => host(index)),
  cluster: { answers: true, leader: "p-hive0.hive.example" },
  services: serviceStatuses(facts({}), { webgate: ["http://172.29.16.4/"] }),
  ...more,
});

/** The host with index 1, without one of the facts about it. */
function without(fact: "engine" | "swarm"): HostStatus {
  const facts = Object.entries(host(1)).filter(([name]) => name !== fact);
  return Object.fromEntries(facts) as unknown as HostStatus;
}

describe("what is wrong", () => {
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
    const services = serviceStatuses(facts({ nodes }), {});
    expect(judge(report({ hosts: [host(0), dead, host(2), host(3)], services }))).toEqual([
      "p-hive1 cannot be reached: it does not answer on its SSH port.",
      "webgate runs 2 of 3 tasks.",
    ]);
  });

  test.each([
    [
      "a failed unit",
      host(1, { system: "degraded", failedUnits: ["nftables.service"] }),
      /p-hive1, nftables\.service failed/,
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
      /no manager/,
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
});

test("one screen", () => {
  const whole = report();
  expect(statusText({ ...whole, problems: judge(whole) }, plain)).toMatchInlineSnapshot(`
    "hive.example, stage private

    server                address      zone    ssh      system   engine           swarm
    p-hive0.hive.example  172.29.16.4  zone-a  answers  running  Docker 20.10.24  leader
    p-hive1.hive.example  172.29.16.5  zone-b  answers  running  Docker 20.10.24  manager
    p-hive2.hive.example  172.29.16.6  zone-c  answers  running  Docker 20.10.24  manager
    p-hive3.hive.example  172.29.16.7  zone-a  answers  running  Docker 20.10.24  not a member (repository server)

    service  mode    running  on                       image
    webgate  global  3 of 3   p-hive0 p-hive1 p-hive2  registry.hive.example:5000/webgate@sha256:0123456789ab

    webgate: http://172.29.16.4/

    All is well."
  `);
});
