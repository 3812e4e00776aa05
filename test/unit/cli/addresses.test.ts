import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import type { DeployedAddress } from "../../../cli/hosts/deployed-services";
import { presentAddresses } from "../../../cli/status/addresses";
import { isSettling } from "../../../cli/status/after-run";
import { askAddress } from "../../../cli/status/ask-address";
import { judge } from "../../../cli/status/judge";
import type { AddressStatus, ServiceStatus, StatusReport } from "../../../cli/status/report";
import { addressTexts } from "../../../cli/status/status-text";
import type { EngineNode } from "../../../model/engine-api/node";
import type { EngineMode } from "../../../model/engine-api/service-spec";
import type { EngineService } from "../../../model/engine-api/service";
import type { EngineTask } from "../../../model/engine-api/task";

const hostNames = [0, 1, 2].map((index) => `p-hive${index}.hive.example`);
const nodes: readonly EngineNode[] = hostNames.map((name, index) => ({
  ID: `n${index}`,
  Description: { Hostname: name },
  Spec: { Role: "manager", Availability: "active" },
  Status: { State: "ready" },
}));
const service = (mode: EngineMode): EngineService => ({
  ID: "s",
  Spec: { Name: "web", Mode: mode, TaskTemplate: { ContainerSpec: { Image: "web" } } },
});
const task = (index: number, state = "running"): EngineTask => ({
  ID: `t${index}`,
  ServiceID: "s",
  NodeID: `n${index}`,
  DesiredState: "running",
  Status: { State: state },
});
const published = (mode: "host" | "ingress"): readonly DeployedAddress[] =>
  hostNames.map((host, index) => ({
    url: `tcp://172.29.16.${4 + index}:8081`,
    host,
    port: { target: 8080, published: 8081, protocol: "tcp", mode },
    moves: false,
  }));
const hosts = (...more: { reachable?: boolean; ipvs?: boolean }[]) =>
  hostNames.map((name, index) => ({ name, reachable: true, ...more[index] }));
const global: EngineMode = { Global: {} };
const replicas = (count: number): EngineMode => ({ Replicated: { Replicas: count } });

describe("where a service should answer now", () => {
  test.each<[string, EngineMode, readonly EngineTask[], "host" | "ingress", object[], string]>([
    ["on every server", global, [task(0), task(1), task(2)], "host", [], "4 5 6"],
    ["where a task runs", global, [task(0), task(1, "starting")], "host", [], "4"],
    ["on the one that runs it", replicas(1), [task(1)], "host", [], "5 moves"],
    ["on the two that run it", replicas(2), [task(0), task(2)], "host", [], "4 moves 6 moves"],
    ["on all with a replica", replicas(3), [task(0), task(1), task(2)], "host", [], "4 5 6"],
    ["nowhere without a task", replicas(1), [], "host", [], ""],
    ["in the mesh on all", replicas(1), [task(1)], "ingress", [], "4 5 6"],
    ["in the mesh nowhere without a task", replicas(1), [], "ingress", [], ""],
    ["not on a lost server", global, [task(0), task(1)], "host", [{ reachable: false }], "5"],
    ["not in the mesh without IPVS", replicas(1), [task(1)], "ingress", [{ ipvs: false }], "5 6"],
    ["in host mode without IPVS", global, [task(0)], "host", [{ ipvs: false }], "4"],
  ])("%s", (_where, mode, tasks, portMode, more, expected) => {
    const seen = presentAddresses(service(mode), tasks, nodes, published(portMode), hosts(...more));
    const text = seen.map(
      ({ url, moves }) => /(\d):8081$/.exec(url)?.[1] + (moves ? " moves" : ""),
    );
    expect(text.join(" ")).toBe(expected);
  });
});

describe("asking an address from this computer", () => {
  const open: Server[] = [];
  const listening = async (server: Server): Promise<number> => {
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  afterEach(() => open.splice(0).forEach((server) => server.close()));

  test("a page of any status is an answer", async () => {
    const page = createHttpServer((_request, response) => {
      response.writeHead(503, { connection: "close" });
      response.end();
    });
    const port = await listening(page);
    expect(await askAddress(`http://127.0.0.1:${port}/`, 2000)).toEqual({ answers: true });
  });

  test("the gate's answer in the place of a service is none", async () => {
    const gate = createHttpServer((_request, response) => {
      response.writeHead(503, { connection: "close", "x-hive-gate": "waiting" });
      response.end();
    });
    const port = await listening(gate);
    expect(await askAddress(`http://127.0.0.1:${port}/clock/`, 2000)).toEqual({
      answers: false,
      reason: "the gate reaches no task of it",
    });
  });

  describe("the gate that leads to HTTPS", () => {
    const leadingTo = (location: string) =>
      listening(
        createHttpServer((_request, response) => {
          response.writeHead(301, { connection: "close", "x-hive-gate": "https", location });
          response.end();
        }),
      );

    test("has not answered for the service: it is asked there", async () => {
      const closed = createServer();
      const gone = await listening(closed);
      await new Promise((resolve) => closed.close(resolve));
      const port = await leadingTo(`https://127.0.0.1:${gone}/`);
      expect(await askAddress(`http://127.0.0.1:${port}/`, 2000)).toEqual({
        answers: false,
        reason: "connection refused",
      });
      const mute = await listening(createServer((socket) => socket.unref()));
      const slow = await leadingTo(`https://127.0.0.1:${mute}/`);
      expect(await askAddress(`http://127.0.0.1:${slow}/`, 300)).toMatchObject({ answers: false });
      const other = await listening(createServer((socket) => void socket.end("no TLS")));
      const there = await leadingTo(`https://127.0.0.1:${other}/`);
      expect(await askAddress(`http://127.0.0.1:${there}/`, 2000)).toEqual({ answers: true });
    });

    test.each(["https://localhost:1/", "http://127.0.0.1:1/", "nowhere", ""])(
      "is followed to no other server, and to nothing but HTTPS: %j",
      async (location) => {
        const port = await leadingTo(location);
        expect(await askAddress(`http://127.0.0.1:${port}/`, 2000)).toEqual({ answers: true });
      },
    );
  });

  test("a program that takes a connection and waits answers over TCP", async () => {
    const sockets = createServer((socket) => socket.unref());
    const port = await listening(sockets);
    expect(await askAddress(`tcp://127.0.0.1:${port}`, 2000)).toEqual({ answers: true });
  });

  test("a program that speaks something else than HTTP, or no TLS, answers", async () => {
    const mail = createServer((socket) => void socket.end("220 mail.example ESMTP\r\n"));
    const port = await listening(mail);
    for (const scheme of ["http", "https"])
      expect(await askAddress(`${scheme}://127.0.0.1:${port}/`, 2000)).toEqual({ answers: true });
  });

  test("a port on which nothing listens does not", async () => {
    const closed = createServer();
    const port = await listening(closed);
    await new Promise((resolve) => closed.close(resolve));
    const refused = { answers: false, reason: "connection refused" };
    expect(await askAddress(`tcp://127.0.0.1:${port}`, 2000)).toEqual(refused);
    expect(await askAddress(`http://127.0.0.1:${port}/`, 2000)).toEqual(refused);
  });

  test("a forwarded port with nothing behind it takes the connection and ends it: no answer", async () => {
    const proxy = createServer((socket) => void socket.end());
    const port = await listening(proxy);
    const closed = { answers: false, reason: "the connection was closed" };
    expect(await askAddress(`tcp://127.0.0.1:${port}`, 2000)).toEqual(closed);
    expect(await askAddress(`http://127.0.0.1:${port}/`, 2000)).toEqual(closed);
  });

  test("one that takes a request and says nothing is not waited for", async () => {
    const mute = createServer((socket) => socket.unref());
    const port = await listening(mute);
    expect(await askAddress(`http://127.0.0.1:${port}/`, 200)).toEqual({
      answers: false,
      reason: "no answer within 0.2 s",
    });
  });

  test("UDP cannot be asked, and counts neither way", async () => {
    expect(await askAddress("udp://127.0.0.1:53", 200)).toEqual({});
  });
});

const status = (more: Partial<ServiceStatus>): ServiceStatus => ({
  name: "web",
  mode: "global",
  wanted: 1,
  running: 1,
  older: 0,
  starting: 0,
  image: "web",
  needsIpvs: false,
  hosts: ["p-hive0"],
  initialization: [],
  endpoints: [],
  addresses: [],
  ...more,
});
const report = (more: Partial<StatusReport>): StatusReport => ({
  stage: "private",
  site: "hive.example",
  hosts: [],
  cluster: { answers: true },
  services: [],
  removedServices: [],
  volumes: [],
  certificates: [],
  imageAges: [],
  notices: [],
  problems: [],
  ...more,
});
const address = (index: number, more: Partial<AddressStatus> = {}): AddressStatus => ({
  url: `tcp://172.29.16.${4 + index}:8081`,
  host: `p-hive${index}`,
  target: 8080,
  moves: false,
  ...more,
});
const silent = (reason: string) => ({ answers: false, reason });

describe("what is said of addresses", () => {
  test("those that answer are listed, those that cannot be asked too; what moves is marked", () => {
    const addresses = [
      address(0, { answers: true }),
      address(1, silent("connection refused")),
      address(2, { moves: true }),
    ];
    expect(addressTexts({ addresses })).toEqual([
      "tcp://172.29.16.4:8081",
      "tcp://172.29.16.6:8081 (moves with its task)",
    ]);
  });

  test("each that does not answer is a problem with what to do, once for each reason", () => {
    const addresses = [
      address(0, silent("connection refused")),
      address(1, silent("connection refused")),
      address(2, silent("no answer within 3 s")),
    ];
    expect(judge(report({ services: [status({ addresses })] }))).toEqual([
      "web does not answer at tcp://172.29.16.4:8081, tcp://172.29.16.5:8081: connection refused. " +
        "Does its program listen on port 8080 of the container, on all addresses? `npx hive logs web` shows what it printed.",
      "web does not answer at tcp://172.29.16.6:8081: no answer within 3 s. " +
        "Does a firewall, or a missing route, keep this computer from it?",
    ]);
  });

  test("a route that leads nowhere is a problem, unless no task runs, which is the problem then", () => {
    const silentRoutes = ["172.29.16.4", "172.29.16.5"].map((server) => ({
      url: `http://${server}/clock/`,
      ...silent("the gate reaches no task of it"),
    }));
    expect(judge(report({ services: [status({ silentRoutes })] }))).toEqual([
      "web does not answer at http://172.29.16.4/clock/, http://172.29.16.5/clock/: the gate reaches no task of it. " +
        "Does its program listen on the port of its route, on all addresses of the container? `npx hive logs web` shows what it printed.",
    ]);
    const [problem, ...more] = judge(report({ services: [status({ running: 0, silentRoutes })] }));
    expect(problem).not.toContain("the gate");
    expect(more).toEqual([]);
  });
});

describe("what is wrong right after a run is waited for", () => {
  const node = { manager: true, leader: false, availability: "active" };
  const host = (reachable: boolean, state: string) => ({
    name: "p-hive0.hive.example",
    role: "cluster" as const,
    zone: "a",
    privateAddress: "172.29.16.4",
    failedUnits: [],
    missing: [],
    reachable,
    swarm: { ...node, state },
  });
  test.each<[string, Partial<StatusReport>, boolean]>([
    ["all runs", { services: [status({})] }, false],
    ["a task starts", { services: [status({ running: 0, starting: 1 })] }, true],
    ["the last one failed", { services: [status({ running: 0, error: "not ready" })] }, true],
    [
      "a roll-out goes on",
      { services: [status({ update: { state: "updating", message: "" } })] },
      true,
    ],
    [
      "an address does not answer yet",
      { services: [status({ addresses: [address(0, silent("connection refused"))] })] },
      true,
    ],
    [
      "a route does not answer yet",
      { services: [status({ silentRoutes: [{ url: "http://x/", ...silent("no answer") }] })] },
      true,
    ],
    ["an address cannot be asked", { services: [status({ addresses: [address(0)] })] }, false],
    ["a server comes back", { hosts: [host(true, "down")] }, true],
    ["a server is away", { hosts: [host(false, "down")] }, false],
    ["the Swarm elects a leader", { cluster: { answers: false } }, true],
  ])("%s", (_what, more, expected) => {
    expect(isSettling(report(more))).toBe(expected);
  });
});
