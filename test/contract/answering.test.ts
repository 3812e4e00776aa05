import { reasonsNotToDrain } from "../../cli/hosts/drained-host";
import { asTheyAnswer } from "../../cli/swarm/answering";
import type { SwarmFacts } from "../../cli/swarm/facts";
import type { EngineNode } from "../../model/engine-api/node";
import { closeIdleConnections } from "../../providers/transport/pool";
import { type FakeHost, startFakeHost } from "./fake/fake-host";

const names = ["hive0", "hive1", "hive2"];
let hosts: FakeHost[];
/** Servers whose Docker Engine is broken. */
const broken = new Set<string>();

beforeEach(async () => {
  broken.clear();
  hosts = await Promise.all(
    names.map((name) =>
      startFakeHost(name, ({ path }) =>
        path === "/_ping" ? { status: broken.has(name) ? 500 : 200, body: "OK" } : { status: 404 },
      ),
    ),
  );
});
afterEach(async () => {
  closeIdleConnections();
  await Promise.all(hosts.map((host) => host.stop()));
});

/** As the Swarm says in the first seconds after it lost a server: everybody is there. */
const stale: SwarmFacts = {
  nodes: names.map((name): EngineNode => ({
    ID: name,
    Description: { Hostname: name },
    Status: { State: "ready" },
    Spec: { Role: "manager", Availability: "active" },
    ManagerStatus: { Reachability: "reachable" },
  })),
  services: [],
  tasks: [],
  configs: [],
};
const reasons = async (): Promise<readonly string[]> => {
  const servers = hosts.map(({ access }) => access);
  return reasonsNotToDrain((await asTheyAnswer(servers, stale)).nodes, "hive1");
};

test("while all servers answer, one of them may be taken away", async () => {
  expect(await reasons()).toEqual([]);
});

test("a server that was lost a moment ago keeps another one from being taken away", async () => {
  expect(reasonsNotToDrain(stale.nodes, "hive1")).toEqual([]);
  await hosts[0]?.die();
  expect(await reasons()).toEqual([expect.stringMatching(/^hive0 is unreachable/)]);
});

test("so does one whose Docker Engine answers with errors only", async () => {
  broken.add("hive2");
  expect(await reasons()).toEqual([expect.stringMatching(/^hive2 is unreachable/)]);
});

test("the server itself may be the one that is lost", async () => {
  await hosts[1]?.die();
  expect(await reasons()).toEqual([]);
});
