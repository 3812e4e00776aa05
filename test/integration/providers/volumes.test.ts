import { colocationConstraint } from "../../../model/service/colocation";
import { runChecked, runCommand } from "../../../providers/transport/command";
import { withEngine } from "../../../providers/transport/engine";
import type { HostAccess } from "../../../providers/transport/host-access";
import { withAnyManager } from "../../../providers/transport/manager";
import {
  volumeProvider,
  type VolumeInputs,
  type VolumeState,
} from "../../../providers/volume/provider";
import type { Lab } from "../lab";
import {
  createLabService,
  eventually,
  inTask,
  runningTask,
  serverOf,
  startSwarmLab,
  taskImage,
  tasksOf,
} from "../service-lab";

/** One Swarm goes through its whole life, so the tests depend on their order. */
let lab: Lab;
let shared: VolumeState;

jest.setTimeout(240_000);

beforeAll(async () => {
  lab = await startSwarmLab({ servers: 3, prefix: "vol" });
}, 600_000);
afterAll(() => lab.destroy());

function inputs(changes: Partial<VolumeInputs> = {}): VolumeInputs {
  return {
    hosts: lab.hosts,
    incarnations: lab.hosts.map((_, index) => lab.instanceId(index)),
    site: "lab.example",
    name: "data",
    driver: "hive-shared",
    driverOptions: {},
    revision: "1",
    ...changes,
  };
}

async function create(changes: Partial<VolumeInputs> = {}): Promise<VolumeState> {
  return (await volumeProvider.create(inputs(changes))).outs as VolumeState;
}

async function read(state: VolumeState): Promise<Partial<VolumeInputs> | undefined> {
  return (await volumeProvider.read?.(state.name, state))?.inputs;
}

const remove = (state: VolumeState): Promise<void> | undefined =>
  volumeProvider.delete?.(state.name, state);

function host(index: number): HostAccess {
  const access = lab.hosts[index];
  if (access === undefined) throw new Error(`The lab has no host ${index}.`);
  return access;
}

/** Names of the volumes on a host's engine. */
const volumesOn = (index: number): Promise<string[]> =>
  withEngine(host(index), async (docker) => {
    const { Volumes } = await docker.listVolumes();
    return Volumes.map(({ Name }) => Name).sort();
  });

/**
 * Runs a command in a container of a host, with the volume at /data; gives what it prints, failures
 * too.
 */
async function inContainer(index: number, script: string, flags = "--rm"): Promise<string> {
  const { stdout, stderr } = await runCommand(
    host(index),
    `docker run ${flags} --volume data:/data ${taskImage} /bin/sh -c '${script}'`,
    { deadlineSeconds: 90 },
  );
  return `${stdout}${stderr}`;
}

/** Whether another server could take the volume now: not while one holds it. */
async function isFree(index: number): Promise<boolean> {
  const { code } = await runCommand(
    host(index),
    "sudo -n flock --nonblock /var/lib/hive-shared/data/lock true",
  );
  return code === 0;
}

const asRoot = (index: number, script: string): Promise<{ stdout: string }> =>
  runChecked(host(index), `sudo -n sh -c '${script}'`);

describe("volumes of the engines", () => {
  test("are made on every host, adopted the second time, and read back as asked for", async () => {
    const wanted = {
      name: "cache",
      driver: "local",
      driverOptions: { type: "tmpfs", device: "tmpfs" },
    };
    const state = await create(wanted);
    expect(await create(wanted)).toEqual(state);
    expect(await read(state)).toEqual(inputs(wanted));
    for (const index of [0, 1, 2]) expect(await volumesOn(index)).toContain("cache");
  });

  test("with other options or another driver are refused, host by host, and stay as they are", async () => {
    await expect(create({ name: "cache", driver: "local" })).rejects.toThrow(
      /3 of 3 hosts[^]*vol1\.lab\.example: has a volume 'cache' already, and it has an option device that is not wanted/,
    );
    await expect(create({ name: "cache" })).rejects.toThrow(
      /its driver is 'local', not 'hive-shared'/,
    );
    expect(await volumesOn(0)).toContain("cache");
  });

  test("that lack on one host show in a refresh, are made again, and are removed when nothing uses them", async () => {
    const wanted = {
      name: "cache",
      driver: "local",
      driverOptions: { type: "tmpfs", device: "tmpfs" },
    };
    const state = await create(wanted);
    await withEngine(host(1), (docker) => docker.getVolume("cache").remove());
    const seen = await read(state);
    expect(seen?.incarnations?.[1]).toMatch(/\(does not have the volume\)$/);
    await volumeProvider.update?.(state.name, { ...state, ...seen }, inputs(wanted));
    expect(await read(state)).toEqual(inputs(wanted));
    await asRoot(2, `docker run --detach --volume cache:/c ${taskImage} >/dev/null`);
    const ended = eventually("the container ends", 20, async () => {
      await asRoot(2, "docker rm --force $(docker ps --quiet --filter volume=cache)");
      return true;
    });
    await remove(state);
    await ended;
    for (const index of [0, 1, 2]) expect(await volumesOn(index)).not.toContain("cache");
    await remove(state);
  });
});

describe("a volume that is removed while ended tasks hold it", () => {
  const held = { name: "held", driver: "local" };

  test("goes from every server, with the containers that the Swarm kept of the service; what runs keeps it, and is named", async () => {
    const state = await create(held);
    const service = await createLabService(lab, {
      Name: "holder",
      TaskTemplate: {
        ContainerSpec: {
          Image: taskImage,
          Mounts: [{ Type: "volume", Source: "held", Target: "/held" }],
          StopGracePeriod: 1_000_000_000,
        },
      },
    });
    await runningTask(lab, service);
    const containersWith = (index: number): Promise<string[]> =>
      withEngine(host(index), async (docker) => {
        const filters = JSON.stringify({ volume: ["held"] });
        return (await docker.listContainers({ all: true, filters })).map(({ State }) => State);
      });
    // The service mounts it no more; the Swarm keeps the container of the task before.
    await withAnyManager(lab.hosts, async (docker) => {
      const seen = docker.getService(service);
      const { Version, Spec } = (await seen.inspect()) as {
        Version: { Index: number };
        Spec: { TaskTemplate: { ContainerSpec: object } };
      };
      Spec.TaskTemplate.ContainerSpec = { ...Spec.TaskTemplate.ContainerSpec, Mounts: [] };
      await seen.update({ version: Version.Index, ...Spec });
    });
    await eventually("the first task has ended", 60, async () => {
      const states = (await Promise.all([0, 1, 2].map(containersWith))).flat();
      return states.length > 0 && states.every((each) => each === "exited") ? true : undefined;
    });
    await asRoot(2, `docker run --detach --name by-hand --volume held:/h ${taskImage}`);
    const warnings = jest.spyOn(console, "warn").mockImplementation(() => undefined);
    await remove(state);
    expect(String(warnings.mock.calls)).toMatch(
      /vol2\.lab\.example: it is in use by by-hand \(running\)/,
    );
    for (const index of [0, 1]) expect(await volumesOn(index)).not.toContain("held");
    await asRoot(2, "docker rm --force by-hand");
    await remove(state);
    warnings.mockRestore();
    await withAnyManager(lab.hosts, (docker) => docker.getService(service).remove());
    for (const index of [0, 1, 2]) expect(await volumesOn(index)).not.toContain("held");
  });
});

describe("the driver hive-shared, a stand-in for replicated disks", () => {
  test("shows on every server the data that one of them wrote", async () => {
    shared = await create();
    await inContainer(0, "echo written-on-0 > /data/file");
    expect(await inContainer(1, "/bin/busybox cat /data/file")).toBe("written-on-0\n");
    expect(await read(shared)).toEqual(inputs());
    expect(await create()).toEqual(shared);
  });

  test("says that it takes no options", async () => {
    await expect(create({ name: "sized", driverOptions: { size: "1GiB" } })).rejects.toThrow(
      /hive-shared: the driver takes no options, but got size/,
    );
  });

  test("lets one container write, refuses others on its own and another server by naming what holds it, and lets them in afterwards", async () => {
    await inContainer(0, "/bin/busybox sleep 1000", "--detach --name holder");
    expect(await inContainer(0, "/bin/busybox cat /data/file")).toMatch(
      /hive-shared: volume 'data' is held by the container holder on vol0\.lab\.example since \S+, and was not released within 10 s/,
    );
    expect(await inContainer(1, "/bin/busybox cat /data/file")).toMatch(
      /hive-shared: volume 'data' is held by vol0\.lab\.example since \S+, and was not released within 30 s/,
    );
    // Neither a command inside nor a copy out of the container is another writer.
    expect((await asRoot(0, "docker exec holder /bin/busybox cat /data/file")).stdout).toBe(
      "written-on-0\n",
    );
    await asRoot(
      0,
      "docker cp holder:/data/file /tmp/copied && docker cp holder:/data/file /tmp/again",
    );
    expect(await isFree(1)).toBe(false);
    // One that is just being given back is waited for, on the same server too.
    const beside = inContainer(0, "/bin/busybox cat /data/file");
    await asRoot(0, "sleep 2; docker rm --force holder");
    expect(await beside).toBe("written-on-0\n");
    await inContainer(0, "/bin/busybox sleep 1000", "--detach --name holder");
    const second = inContainer(1, "/bin/busybox cat /data/file");
    await asRoot(0, "sleep 2; docker rm --force holder");
    expect(await second).toBe("written-on-0\n");
  });

  test("keeps the lock while it is restarted, and cannot be stopped by hand", async () => {
    await inContainer(0, "/bin/busybox sleep 1000", "--detach --name holder");
    const stopped = await runCommand(host(0), "sudo -n systemctl stop hive-shared.service");
    expect(stopped.stderr).toContain("Operation refused");
    await asRoot(0, "systemctl kill --signal=KILL hive-shared.service");
    for (let look = 0; look < 20; look++) expect(await isFree(1)).toBe(false);
    await eventually("the driver is back", 20, async () => {
      const { stdout } = await asRoot(0, "systemctl is-active hive-shared.service || true");
      return stdout.trim() === "active";
    });
    expect(await isFree(1)).toBe(false);
    expect(await inContainer(0, "/bin/busybox cat /data/file")).toContain(
      "is held by the container holder on vol0.lab.example",
    );
    await asRoot(0, "docker rm --force holder");
    expect(await isFree(1)).toBe(true);
  });

  test("gives the lock back when the engine is restarted, and when it was killed", async () => {
    await inContainer(0, "/bin/busybox sleep 1000", "--detach --name holder");
    await asRoot(0, "systemctl restart docker.service");
    expect(await isFree(1)).toBe(true);
    await asRoot(0, "docker start holder");
    await asRoot(0, "systemctl kill --signal=KILL --kill-who=main docker.service");
    // The container runs on without its engine.
    expect(await isFree(1)).toBe(false);
    await eventually("the volume is free", 60, () => isFree(1));
    expect(await inContainer(1, "/bin/busybox cat /data/file")).toBe("written-on-0\n");
    await asRoot(0, "docker rm --force holder");
  });

  test("gives the lock back when the server is killed; after its boot it knows the volume again", async () => {
    await inContainer(2, "/bin/busybox sleep 1000", "--detach --name holder");
    await lab.kill(2);
    expect(await isFree(1)).toBe(true);
    await lab.start(2);
    expect(await volumesOn(2)).toContain("data");
    expect(await inContainer(2, "/bin/busybox cat /data/file")).toBe("written-on-0\n");
    await asRoot(2, "docker rm --force holder");
  });
});

describe("two services by hand with one volume, on one server", () => {
  /**
   * A service on the first server that writes its name into the volume's log every fifth of a
   * second.
   */
  async function writer(name: string, constraints: readonly string[] = []): Promise<void> {
    const script =
      'trap "exit 0" TERM; while :; do echo $NAME >> /data/log; /bin/busybox sleep 0.2 & wait; done';
    await createLabService(lab, {
      Name: name,
      TaskTemplate: {
        ContainerSpec: {
          Image: taskImage,
          Command: ["/bin/sh", "-c", script],
          Env: [`NAME=${name}`],
          StopGracePeriod: 2e9,
          Mounts: [
            {
              Type: "volume",
              Source: "data",
              Target: "/data",
              VolumeOptions: { DriverConfig: { Name: "hive-shared" }, NoCopy: true },
            },
          ],
        },
        RestartPolicy: { Condition: "any", Delay: 0 },
        Placement: { Constraints: [`node.hostname==${host(0).name}`, ...constraints] },
      },
      Mode: { Replicated: { Replicas: 1 } },
    });
  }

  const remove = (name: string): Promise<void> =>
    withAnyManager(lab.hosts, async (docker) => {
      await docker.getService(name).remove();
    });

  /** Who has written, in the order of their first lines after each other. */
  async function turns(): Promise<readonly string[]> {
    const { stdout } = await asRoot(0, "cat /var/lib/hive-shared/data/data/log");
    return stdout
      .trim()
      .split("\n")
      .filter((name, index, all) => name !== all[index - 1]);
  }

  /** Why the tasks of a service could not start, so far. */
  const refusals = async (name: string): Promise<readonly string[]> =>
    (await tasksOf(lab, name)).flatMap(({ Status: { Err = "" } }) =>
      Err.includes("is held by") ? [Err] : [],
    );

  test("never write at the same time: the second one starts when the first one has ended", async () => {
    await eventually("the Swarm has a leader", 60, () =>
      writer("first").then(
        () => true,
        () => false,
      ),
    );
    await runningTask(lab, "first");
    await writer("second");
    const [refusal] = await eventually("the second one is refused", 60, async () => {
      const found = await refusals("second");
      return found.length > 0 && found;
    });
    expect(refusal).toMatch(
      /volume 'data' is held by the task first\.1 on vol0\.lab\.example since \S+, and was not released within 10 s/,
    );
    expect(await inContainer(0, "/bin/busybox cat /data/log")).toContain(
      "is held by the task first.1 on vol0.lab.example",
    );
    expect(await turns()).toEqual(["first"]);
    await remove("first");
    await runningTask(lab, "second");
    await eventually("the second one writes", 20, async () => (await turns()).length === 2);
    expect(await turns()).toEqual(["first", "second"]);
  });

  test("a restart and a change of one follow each other without a refused task", async () => {
    const before = await runningTask(lab, "second");
    await asRoot(0, "docker kill $(docker ps --quiet --filter volume=data)");
    await eventually("another task runs", 60, async () => {
      const now = await runningTask(lab, "second");
      return now.ID !== before.ID && now.ID;
    });
    const restarted = await runningTask(lab, "second");
    await asRoot(0, "docker service update --force --detach second");
    await eventually("another task runs", 60, async () => {
      const now = await runningTask(lab, "second");
      return now.ID !== restarted.ID && now.ID;
    });
    // Those from before the first one had ended stay on the Swarm's list.
    const since = (await tasksOf(lab, "second")).filter(
      ({ CreatedAt }) => CreatedAt > before.CreatedAt,
    );
    expect(since.map(({ Status }) => Status.Err ?? "").join()).not.toContain("is held by");
  });

  test("write together when one follows the other, and nobody else does", async () => {
    await asRoot(0, "docker node update --label-add hive.with.second=true vol0.lab.example");
    await writer("third", [colocationConstraint("second")]);
    await runningTask(lab, "third");
    await eventually("both write", 20, async () => (await turns()).length > 6);
    expect(new Set((await turns()).slice(2))).toEqual(new Set(["second", "third"]));
    expect(await refusals("third")).toEqual([]);
    expect(await inContainer(0, "/bin/busybox cat /data/log")).toContain(
      "is held by the task second.1 and the task third.1 on vol0.lab.example",
    );
    await remove("third");
    await remove("second");
    await eventually("the volume is free", 60, () => isFree(1));
    await asRoot(0, "docker node update --label-rm hive.with.second vol0.lab.example");
  });
});

describe("a service with its data on hive-shared", () => {
  interface Node {
    readonly Description: { readonly Hostname: string };
    readonly Status: { readonly State: string };
    readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability?: string };
  }
  const nodes = (): Promise<readonly Node[]> =>
    withAnyManager(
      lab.hosts,
      (docker) => docker.listNodes() as Promise<unknown> as Promise<readonly Node[]>,
      { repeatable: true },
    );

  /**
   * Moves the service away from the leader, whose loss is another thing to wait for; gives its
   * running task's server.
   */
  async function placeBesideLeader(): Promise<number> {
    return await eventually("the service runs beside the leader", 60, async () => {
      const leader = (await nodes()).find(({ ManagerStatus }) => ManagerStatus?.Leader === true);
      const name = leader?.Description.Hostname ?? "";
      const constraint = `node.hostname!=${name}`;
      const placed = await withAnyManager(lab.hosts, async (docker) => {
        const seen = (await docker.getService("state").inspect()) as {
          Version: { Index: number };
          Spec: { TaskTemplate: { Placement?: { Constraints?: string[] } } };
        };
        const { TaskTemplate } = seen.Spec;
        if (TaskTemplate.Placement?.Constraints?.includes(constraint) === true) return true;
        await docker.getService("state").update({
          version: seen.Version.Index,
          ...seen.Spec,
          TaskTemplate: { ...TaskTemplate, Placement: { Constraints: [constraint] } },
        });
        return false;
      }).catch(() => false);
      const server = await serverOf(lab, await runningTask(lab, "state"));
      return placed && host(server).name !== name && { server };
    }).then(({ server }) => server);
  }

  test("is followed by its data when its host is killed, within 15 s", async () => {
    const spec = {
      Name: "state",
      TaskTemplate: {
        ContainerSpec: {
          Image: taskImage,
          Command: [
            "/bin/sh",
            "-c",
            "/bin/busybox hostname >> /data/hosts; exec /bin/busybox sleep 100000",
          ],
          Hostname: "{{.Node.Hostname}}",
          StopGracePeriod: 1e9,
          Mounts: [
            {
              Type: "volume",
              Source: "data",
              Target: "/data",
              VolumeOptions: { DriverConfig: { Name: "hive-shared" }, NoCopy: true },
            },
          ],
        },
        RestartPolicy: { Condition: "any", Delay: 0 },
      },
      Mode: { Replicated: { Replicas: 1 } },
    };
    // A server was killed just now; the Swarm may be electing.
    await eventually("the service is made", 60, () =>
      createLabService(lab, spec).catch(() => undefined),
    );
    const seconds: number[] = [];
    for (let round = 0; round < 3; round++) {
      const server = await placeBesideLeader();
      const before = await runningTask(lab, "state");
      const written = await inTask(lab, "state", ["/bin/busybox", "cat", "/data/hosts"]);
      const begin = Date.now();
      await lab.kill(server);
      await eventually("the task runs elsewhere", 90, async () => {
        const task = await runningTask(lab, "state").catch(() => undefined);
        return task !== undefined && task.ID !== before.ID;
      });
      seconds.push((Date.now() - begin) / 1000);
      const seen = await inTask(lab, "state", ["/bin/busybox", "cat", "/data/hosts"]);
      const now = host(await serverOf(lab, await runningTask(lab, "state"))).name;
      expect(written.trimEnd().endsWith(host(server).name)).toBe(true);
      expect(seen).toBe(`${written}${now}\n`);
      expect(now).not.toBe(host(server).name);
      await lab.start(server);
      await eventually("the server is back", 60, async () =>
        (await nodes()).every(
          ({ Status, ManagerStatus }) =>
            Status.State === "ready" && ManagerStatus?.Reachability === "reachable",
        ),
      );
    }
    seconds.sort((left, right) => left - right);
    console.info(`seconds until a stateful task ran again: ${seconds.join(", ")}`);
    expect(seconds[1]).toBeLessThan(15);
  }, 480_000);

  test("its volume is made with a manager dead, which gets it at the next run", async () => {
    const dead = 2;
    await lab.kill(dead);
    const state = await create({ name: "more" });
    expect(state.missing).toEqual([host(dead).name]);
    await lab.start(dead);
    const updated = await volumeProvider.update?.(state.name, state, inputs({ name: "more" }));
    expect(updated?.outs).toMatchObject({ missing: [] });
    expect(await volumesOn(dead)).toContain("more");
  });

  test("its data go with the last server that knows the volume, and not before", async () => {
    await withAnyManager(lab.hosts, (docker) => docker.getService("state").remove());
    await withEngine(host(1), (docker) =>
      eventually("nothing uses it here", 30, () =>
        docker
          .getVolume("data")
          .remove()
          .then(() => true)
          .catch(() => false),
      ),
    );
    expect(await inContainer(0, "/bin/busybox cat /data/file")).toBe("written-on-0\n");
    await remove(shared);
    expect((await asRoot(0, "ls /var/lib/hive-shared")).stdout).not.toContain("data");
    await create();
    expect(await inContainer(1, "/bin/busybox ls /data")).toBe("");
  });
});
