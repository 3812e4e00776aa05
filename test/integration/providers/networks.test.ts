import { isHeldBySwarm } from "../../../model/network/spec";
import type { EngineNetwork } from "../../../model/engine-api/network";
import {
  swarmNetworkProvider,
  type SwarmNetworkInputs,
  type SwarmNetworkState,
} from "../../../providers/swarm-network/provider";
import { withAnyManager } from "../../../providers/transport/manager";
import type { Lab } from "../lab";
import {
  createLabService,
  eventually,
  inTask,
  runningTask,
  startSwarmLab,
  taskImage,
} from "../service-lab";

/** One Swarm goes through its whole life, so the tests depend on their order. */
let lab: Lab;
let network: SwarmNetworkState;

jest.setTimeout(180_000);

beforeAll(async () => {
  lab = await startSwarmLab({ servers: 3, prefix: "net" });
}, 600_000);
afterAll(() => lab.destroy());

function inputs(changes: Partial<SwarmNetworkInputs> = {}): SwarmNetworkInputs {
  return {
    managers: lab.hosts,
    site: "lab.example",
    name: "backend",
    driver: "overlay",
    driverOptions: {},
    attachable: true,
    internal: false,
    revision: "1",
    ...changes,
  };
}

async function create(changes: Partial<SwarmNetworkInputs> = {}): Promise<SwarmNetworkState> {
  return (await swarmNetworkProvider.create(inputs(changes))).outs as SwarmNetworkState;
}

async function read(state: SwarmNetworkState): Promise<Partial<SwarmNetworkInputs> | undefined> {
  return (await swarmNetworkProvider.read?.(state.networkId, state))?.inputs;
}

const remove = (state: SwarmNetworkState): Promise<void> | undefined =>
  swarmNetworkProvider.delete?.(state.networkId, state);

/** Names of the Swarm's networks, without those of the Swarm itself. */
const names = (): Promise<string[]> =>
  withAnyManager(lab.hosts, async (docker) => {
    const networks = (await docker.listNetworks()) as unknown as EngineNetwork[];
    return networks
      .filter(isHeldBySwarm)
      .map(({ Name }) => Name)
      .filter((name) => name !== "ingress");
  });

/**
 * The task of `one` gets the page of the task of `two` by its name, which the servers' engines tell
 * one another when it runs.
 */
const oneReachesTwo = (): Promise<string | false> =>
  eventually("one reaches two by its name", 30, async () => {
    const page = await inTask(lab, "one", ["/bin/busybox", "wget", "-q", "-O", "-", "http://two/"]);
    return page.includes("HOSTNAME=") && page;
  });

/** Moves a service to a network, as the service's own resource does. */
const moveTo = (service: string, networkId: string): Promise<void> =>
  withAnyManager(lab.hosts, async (docker) => {
    const seen = (await docker.getService(service).inspect()) as {
      Version: { Index: number };
      Spec: { TaskTemplate: object };
    };
    await docker.getService(service).update({
      version: seen.Version.Index,
      ...seen.Spec,
      TaskTemplate: { ...seen.Spec.TaskTemplate, Networks: [{ Target: networkId }] },
    });
  });

test("a network is made with a range of its own, reads back as asked for, and is adopted the second time", async () => {
  network = await create({ driverOptions: { "com.docker.network.driver.mtu": "1400" } });
  const wanted = inputs({ driverOptions: { "com.docker.network.driver.mtu": "1400" } });
  expect(await read(network)).toEqual(wanted);
  expect(await create({ driverOptions: { "com.docker.network.driver.mtu": "1400" } })).toEqual(
    network,
  );
  expect(await names()).toEqual(["backend"]);
});

test("given settings are what the engine has", async () => {
  const given = { name: "given", subnet: "10.77.0.0/24", gateway: "10.77.0.254", internal: true };
  const state = await create({ ...given, attachable: false });
  const seen = await withAnyManager(lab.hosts, (docker) =>
    docker.getNetwork(state.networkId).inspect(),
  );
  expect(seen).toMatchObject({
    Driver: "overlay",
    Scope: "swarm",
    Attachable: false,
    Internal: true,
    IPAM: { Config: [{ Subnet: "10.77.0.0/24", Gateway: "10.77.0.254" }] },
  });
  expect(await read(state)).toEqual(inputs({ ...given, attachable: false }));
  await expect(create({ name: "second", subnet: "10.77.0.128/25" })).rejects.toThrow(
    /10\.77\.0\.128\/25[^]*overlaps 10\.77\.0\.0\/24 of the Swarm's network 'given'/,
  );
  await remove(state);
  expect(await names()).toEqual(["backend"]);
});

test("a range that is wanted no more makes another network, with a range that the Swarm chooses", async () => {
  const ranged = await create({ name: "ranged", subnet: "192.168.77.0/24" });
  const free = await create({ name: "ranged" });
  expect(free.networkId).not.toBe(ranged.networkId);
  const seen = (await withAnyManager(lab.hosts, (docker) =>
    docker.getNetwork(free.networkId).inspect(),
  )) as EngineNetwork;
  expect(seen.IPAM?.Config?.[0]?.Subnet).toMatch(/^10\./);
  expect(await read(free)).toEqual(inputs({ name: "ranged" }));
  await remove(free);
  expect(await names()).toEqual(["backend"]);
});

test("services on different hosts find each other by name over it", async () => {
  for (const [index, name] of (["one", "two"] as const).entries()) {
    await createLabService(lab, {
      Name: name,
      TaskTemplate: {
        ContainerSpec: { Image: taskImage },
        Networks: [{ Target: network.networkId }],
        Placement: { Constraints: [`node.hostname==${lab.hosts[index]?.name ?? ""}`] },
      },
      EndpointSpec: { Mode: "dnsrr" },
    });
  }
  await runningTask(lab, "one");
  await runningTask(lab, "two");
  await oneReachesTwo();
});

test("a changed network comes beside the old one, services move, and then the old one goes", async () => {
  const old = network;
  const changed = (network = await create({ internal: true }));
  expect(changed.networkName).toMatch(/^backend-[0-9a-f]{8}$/);
  expect((await names()).sort()).toEqual(["backend", changed.networkName]);
  for (const service of ["one", "two"]) await moveTo(service, changed.networkId);
  await remove(old);
  expect(await names()).toEqual([changed.networkName]);
  await oneReachesTwo();
  expect(await create({ internal: true })).toEqual(changed);
});

test("one that a service uses is left with a warning that names the service", async () => {
  const warn = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  try {
    await remove(network);
    expect(warn.mock.calls.join()).toMatch(
      /the network 'backend-[0-9a-f]{8}' could not be removed and is left alone[^]*in use by/,
    );
  } finally {
    warn.mockRestore();
  }
  expect(await names()).toEqual([network.networkName]);
});

test("a network that was made by hand is not touched", async () => {
  await withAnyManager(lab.hosts, (docker) =>
    docker.createNetwork({ Name: "by-hand", Driver: "overlay" }),
  );
  await expect(create({ name: "by-hand" })).rejects.toThrow(
    /a network named 'by-hand' already[^]*docker network rm by-hand/,
  );
  expect((await names()).sort()).toEqual([network.networkName, "by-hand"].sort());
});

test("with a manager killed between two runs everything goes on, and what is gone shows", async () => {
  await lab.kill(0);
  expect(await read(network)).toEqual(inputs({ internal: true }));
  const other = await create({ name: "other" });
  await remove(other);
  expect(await read(other)).toBeUndefined();
  await remove(other);
});
