import { get } from "node:http";

import type { PortPlan } from "../../../model/plan";
import type { ServiceMount, ServiceSpec } from "../../../model/service/spec";
import type { SwarmServiceInputs } from "../../../providers/swarm-service/service-state";
import { runCommand } from "../../../providers/transport/command";
import { sleep } from "../../../providers/transport/deadline";
import type { HostAccess } from "../../../providers/transport/host-access";
import type { Lab } from "../lab";
import { busybox, labServices } from "../lab-services";
import { startSwarmLab } from "../service-lab";

/**
 * What one service gives up, another one takes in the same run: seen from the containers, on real
 * daemons.
 */
let lab: Lab;

/**
 * Writes its task's id into every volume, ten times a second, and answers on port 80. With a
 * volume, it goes on writing for a second after it was told to stop: whoever starts too early is
 * seen.
 */
const script = `trap 'going=0' TERM
going=1 left=0
[ -d /volumes ] && left=10
${busybox} mkdir -p /www
${busybox} httpd -p 80 -h /www
while [ "$going" = 1 ] || [ "$left" -gt 0 ]; do
  for volume in /volumes/*; do
    [ -d "$volume" ] && echo "$TASK" >> "$volume/writers"
  done
  [ "$going" = 1 ] || left=$((left - 1))
  ${busybox} usleep 100000
done`;

const services = labServices(() => lab, script);

function volume(source: string): ServiceMount {
  return {
    kind: "volume",
    source,
    target: `/volumes/${source}`,
    readOnly: false,
    driver: "local",
    driverOptions: {},
    noCopy: true,
  };
}

function port(published: number, mode: PortPlan["mode"]): PortPlan {
  return { target: 80, published, protocol: "tcp", mode };
}

async function inputs(name: string, changes: Partial<ServiceSpec>): Promise<SwarmServiceInputs> {
  return await services.inputsOf({ name, environment: { TASK: "{{.Task.ID}}" }, ...changes });
}

/** The tasks that wrote into a volume, each once for every time that it followed another one. */
async function writersOf(name: string): Promise<string[]> {
  const file = `/var/lib/docker/volumes/${name}/_data/writers`;
  const { stdout } = await runCommand(lab.hosts[0] as HostAccess, `sudo uniq ${file}`, {
    deadlineSeconds: 20,
  });
  return stdout.trim().split("\n");
}

/** Asks a port five times a second; gives the longest time without an answer, seconds. */
function probe(published: number): () => number {
  let [last, longest, going] = [Date.now(), 0, true];
  const answered = (): void => {
    const now = Date.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  void (async () => {
    while (going) {
      if (await answers(published)) answered();
      await sleep(200);
    }
  })();
  return () => {
    going = false;
    answered();
    return longest / 1000;
  };
}

function answers(published: number): Promise<boolean> {
  return new Promise((resolve) => {
    const url = `http://${lab.address(0)}:${published}/`;
    const request = get(url, { timeout: 1000, agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(false));
  });
}

/** Names of services with what they gave up, and their published ports. */
async function portsInSpecs(...names: string[]): Promise<(number | undefined)[]> {
  const found = await Promise.all(names.map((name) => services.inspectService(name)));
  return found.map(({ Spec }) => Spec.EndpointSpec?.Ports?.[0]?.PublishedPort);
}

beforeAll(async () => {
  lab = await startSwarmLab({ servers: 1, prefix: "hand" });
}, 180_000);
afterAll(() => lab.destroy());
jest.setTimeout(180_000);

test("a renamed service and its predecessor never write to the volume at the same time", async () => {
  const old = await services.create(await inputs("store", { mounts: [volume("data")] }));
  await services.create(await inputs("store2", { mounts: [volume("data")] }));
  await sleep(1000);
  expect((await services.inspectService(old.id)).Spec).toMatchObject({
    Labels: { "hive.gave": "the volume data to store2" },
  });
  await services.remove(old);
  const writers = await writersOf("data");
  expect(writers).toHaveLength(2);
  expect(new Set(writers).size).toBe(2);
});

test("two services exchange their volumes in one run", async () => {
  const one = await services.create(await inputs("one", { mounts: [volume("va")] }));
  const two = await services.create(await inputs("two", { mounts: [volume("vb")] }));
  await Promise.all([
    services.update(one, await inputs("one", { mounts: [volume("vb")] })),
    services.update(two, await inputs("two", { mounts: [volume("va")] })),
  ]);
  await sleep(1000);
  for (const name of ["va", "vb"]) {
    const writers = await writersOf(name);
    expect([name, writers.length, new Set(writers).size]).toEqual([name, 2, 2]);
  }
  expect(await services.runningTasks("one")).toHaveLength(1);
  expect(await services.runningTasks("two")).toHaveLength(1);
});

test("the port of a renamed global service is without an answer for 5 s at most", async () => {
  const global = { mode: { kind: "global" }, ports: [port(8083, "host")] } as const;
  const old = await services.create(await inputs("old", global));
  // How long this computer takes to stop a task and start another one, which nothing can avoid.
  const floor = probe(8083);
  await services.update(old, await inputs("old", { ...global, labels: {}, hostname: "again" }));
  const least = floor();
  const gap = probe(8083);
  await services.create(await inputs("newer", global));
  await services.remove(old);
  await sleep(500);
  const seconds = gap();
  process.stdout.write(
    `  without an answer for ${seconds.toFixed(1)} s; where one task just replaces another, ${least.toFixed(1)} s\n`,
  );
  expect(seconds).toBeLessThan(Math.max(5, 2 * least));
});

test("two global services exchange the ports of their hosts", async () => {
  const on = (published: number): Partial<ServiceSpec> => ({
    mode: { kind: "global" },
    ports: [port(published, "host")],
  });
  const left = await services.create(await inputs("left", on(8091)));
  const right = await services.create(await inputs("right", on(8092)));
  await Promise.all([
    services.update(left, await inputs("left", on(8092))),
    services.update(right, await inputs("right", on(8091))),
  ]);
  expect(await Promise.all([8091, 8092].map(answers))).toEqual([true, true]);
  expect(await services.readInputs(left)).toEqual(await inputs("left", on(8092)));
});

test("a port of the mesh goes to a renamed service, and two services exchange theirs", async () => {
  // What the engine takes; whether the mesh forwards depends on the kernel.
  const on = (published: number): Partial<ServiceSpec> => ({
    endpointMode: "vip",
    ports: [port(published, "ingress")],
  });
  const old = await services.create(await inputs("ing", on(8084)));
  const successor = await services.create(await inputs("ing2", on(8084)));
  expect(await portsInSpecs("ing", "ing2")).toEqual([undefined, 8084]);
  await services.remove(old);
  const other = await services.create(await inputs("other", on(8085)));
  await Promise.all([
    services.update(successor, await inputs("ing2", on(8085))),
    services.update(other, await inputs("other", on(8084))),
  ]);
  expect(await portsInSpecs("ing2", "other")).toEqual([8085, 8084]);
});
