import { isDeepStrictEqual } from "node:util";

import type { EngineServiceSpec } from "../../model/engine-api/service-spec";
import { fromEngineSpec } from "../../model/service/from-engine";
import { toEngineSpec } from "../../model/service/to-engine";
import { packed } from "../../providers/framework/packed";
import { swarmServiceProvider } from "../../providers/swarm-service/provider";
import { serviceContent } from "../../providers/swarm-service/service-state";
import { lastRunLabel, scheduleLabel } from "../../model/swarm/labels";
import { switches } from "../unit/model/service/switches";
import { serviceSpec } from "../unit/model/service-specs";
import { type FakeSwarm, startFakeSwarm } from "./fake/fake-swarm";
import { PartialFailure, type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const names = ["hive0.example", "hive1.example", "hive2.example"];
const image = "registry.hive.example:5000/web@sha256:0123";
const password = "planted-secret";
const server = providerUnderTest(packed("swarm-service", swarmServiceProvider));
let swarm: FakeSwarm;

beforeEach(async () => {
  swarm = await startFakeSwarm(names);
  swarm.form();
});
afterEach(() => swarm.stop());

/** Inputs as a program gives them, checked. */
async function inputs(changes: Properties = {}): Promise<Properties> {
  const { update, ...spec } = serviceSpec({
    image,
    mode: { kind: "global" },
    environment: { GREETING: "hello", A: "1" },
    ports: [{ target: 80, published: 8080, protocol: "tcp", mode: "host" }],
  });
  const input = {
    ...spec,
    revision: "1",
    managers: swarm.hosts.map(({ access }) => access),
    update: { ...update, monitorSeconds: 0.1 },
    convergeDeadlineSeconds: 10,
    ...changes,
  };
  const { inputs: checked, failures } = await server.check(input);
  expect(failures).toEqual([]);
  return checked;
}

describe("SwarmService", () => {
  test("runs on every host, as the engine is told it, and says so only when it does", async () => {
    const { id, outs } = await server.create(
      await inputs({ registryAuth: { username: "pull", password } }),
    );
    const [service] = swarm.services;
    expect(service).toMatchObject({
      ID: id,
      Spec: {
        Name: "web",
        Labels: { "hive.site": "hive.example" },
        Mode: { Global: {} },
        TaskTemplate: {
          ContainerSpec: { Image: image, Env: ["A=1", "GREETING=hello"], StopGracePeriod: 10e9 },
        },
        UpdateConfig: { Order: "stop-first", FailureAction: "rollback", Parallelism: 1 },
        EndpointSpec: {
          Ports: [{ TargetPort: 80, PublishedPort: 8080, Protocol: "tcp", PublishMode: "host" }],
        },
      },
    });
    expect(JSON.parse(Buffer.from(service?.auth ?? "", "base64").toString())).toEqual({
      username: "pull",
      password,
      serveraddress: "registry.hive.example:5000",
    });
    expect(outs).toMatchObject({ serviceId: id, complete: true, image });
    expect(server.log()).not.toContain(password);
  });

  test("is watched after its tasks run, unless a health check has seen them work", async () => {
    const checkedImage = image.replace("/web@", "/health-checked@");
    const { update } = serviceSpec({ image });
    const seconds = async (changes: Properties): Promise<number> => {
      const wanted = await inputs({ update: { ...update, monitorSeconds: 4 }, ...changes });
      const begin = Date.now();
      await server.delete((await server.create(wanted)).id, wanted);
      return (Date.now() - begin) / 1000;
    };
    const times = { intervalSeconds: 2, timeoutSeconds: 1, retries: 1, startPeriodSeconds: 0 };
    const [none, off] = [{}, { healthcheck: { command: [], ...times } }];
    expect(await seconds(none)).toBeGreaterThan(4);
    expect(await seconds({ image: checkedImage, ...off })).toBeGreaterThan(4);
    expect(await seconds({ image: checkedImage })).toBeLessThan(4);
    expect(await seconds({ healthcheck: { command: ["/check"], ...times } })).toBeLessThan(4);
  });

  test("refresh of an untouched service shows nothing, though the engine wrote its defaults", async () => {
    const wanted = await inputs({ hostname: "{{.Node.Hostname}}" });
    const { id, outs } = await server.create(wanted);
    const [service] = swarm.services;
    if (service !== undefined) {
      service.Spec = {
        ...service.Spec,
        TaskTemplate: {
          ...service.Spec.TaskTemplate,
          Runtime: "container",
          Placement: { Platforms: [{ Architecture: "amd64", OS: "linux" }] },
        } as never,
      };
    }
    const seen = await server.read(id, outs);
    expect(seen.inputs).toEqual(wanted);
    expect((await server.diff(id, seen.props, wanted)).changes).toBe(false);
  });

  test("an unchanged service has no diff and opens no connection", async () => {
    const wanted = await inputs();
    const { id, outs } = await server.create(wanted);
    const before = swarm.connections();
    expect((await server.diff(id, outs, wanted)).changes).toBe(false);
    expect(swarm.connections()).toBe(before);
  });

  test("other managers or another revision change the state only", async () => {
    const { id, outs } = await server.create(await inputs());
    const requests = (): number => swarm.hosts.flatMap((host) => host.requests).length;
    const before = requests();
    const news = await inputs({ revision: "2", managers: [swarm.hosts[1]?.access] });
    expect((await server.diff(id, outs, news)).changes).toBe(true);
    expect(await server.update(id, outs, news)).toMatchObject({
      revision: "2",
      serviceId: id,
    });
    expect(requests()).toBe(before);
  });

  test("shows what was changed by hand under the inputs' names, and mends it", async () => {
    const wanted = await inputs({ mode: { kind: "replicated", replicas: 2 }, ports: [] });
    const { id, outs } = await server.create(wanted);
    const [service] = swarm.services;
    if (service !== undefined)
      service.Spec = { ...service.Spec, Mode: { Replicated: { Replicas: 7 } } };
    const seen = await server.read(id, outs);
    expect(seen.inputs).toMatchObject({ mode: { kind: "replicated", replicas: 7 } });
    expect((await server.diff(id, seen.props, wanted)).changes).toBe(true);
    await server.update(id, seen.props, wanted);
    expect(swarm.services[0]?.Spec.Mode).toEqual({ Replicated: { Replicas: 2 } });
  });

  test("an update that fails is rolled back by the Swarm, and the error carries the task's own words", async () => {
    const { id, outs } = await server.create(await inputs());
    const news = await inputs({ environment: { FAIL: "cannot open /etc/app.conf" } });
    const failed: unknown = await server.update(id, outs, news).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      message: expect.stringMatching(
        /the update of web failed; the previous release is running again\.\nTask \S+ on hive\d\.example failed: task: non-zero exit \(1\)[^]*cannot open \/etc\/app\.conf/,
      ) as string,
    });
    expect(swarm.services[0]?.Spec.TaskTemplate.ContainerSpec.Env).toEqual([
      "A=1",
      "GREETING=hello",
    ]);

    // The state says what the Swarm has, and that it is to be looked at again.
    const { properties } = failed as PartialFailure;
    expect(properties).toMatchObject({ environment: { GREETING: "hello" }, complete: false });
    const mended = await inputs({ environment: { GREETING: "hi" } });
    expect((await server.diff(id, properties, mended)).changes).toBe(true);
    expect(await server.update(id, properties, mended)).toMatchObject({ complete: true });
    expect(swarm.services[0]?.Spec.TaskTemplate.ContainerSpec.Env).toEqual(["GREETING=hi"]);
  });

  test("when the site says the old thing again, the Swarm's word of the roll-back goes away", async () => {
    const wanted = await inputs();
    const { id, outs } = await server.create(wanted);
    const failed: unknown = await server
      .update(id, outs, await inputs({ environment: { FAIL: "no" } }))
      .catch((error: unknown) => error);
    expect(swarm.services[0]?.UpdateStatus?.State).toBe("rollback_completed");
    const { properties } = failed as PartialFailure;
    expect(await server.update(id, properties, wanted)).toMatchObject({ complete: true });
    expect(swarm.services[0]?.UpdateStatus).toBeUndefined();
  });

  test("an unhealthy release is told as soon as the Swarm turns back, in its check's own words, though it ended with 0", async () => {
    const { id, outs } = await server.create(await inputs());
    const said = server.log().length;
    const news = await inputs({ environment: { UNHEALTHY: "cannot reach backend" } });
    const failed: unknown = await server.update(id, outs, news).catch((error: unknown) => error);
    expect(server.log().slice(said)).toMatch(
      /^hive: web: the new release failed and is being rolled back\. Task \w+ on hive\d\.example was unhealthy.*; its health check said: cannot reach backend/m,
    );
    expect((failed as Error).message).toMatch(
      /the update of web failed; the previous release( \([0-9a-f]{12}\))? is running again\.\nTask \w+ on hive\d\.example was unhealthy, was therefore stopped, and ended \(complete\)\nIts health check ended with code 1:\n {2}cannot reach backend/,
    );
  });

  test("a roll-back that cannot move is begun anew, and the old release's failures are not blamed", async () => {
    const wanted = await inputs();
    const { id, outs } = await server.create(wanted);
    const [service] = swarm.services;
    if (service === undefined) throw new Error("The Swarm has no service.");
    service.UpdateStatus = { State: "rollback_started", Message: "of an earlier run" };
    swarm.addTask(service, 0, { desired: "shutdown", state: "failed", error: "exit 9" });
    const error = "host-mode port already in use on 1 node";
    swarm.addTask(service, 0, { desired: "running", state: "pending", error });
    const said = server.log().length;
    const again = await server.update(id, { ...outs, complete: false }, wanted);
    expect(again).toMatchObject({ complete: true });
    expect(server.log().slice(said)).toMatch(
      /^hive: the service 'web': its roll-out was stuck.* on hive0\.example.*restarted the roll-out/m,
    );
    expect(server.log().slice(said)).not.toContain("exit 9");
    expect(swarm.services[0]?.UpdateStatus?.State).not.toBe("rollback_started");
  });

  test("a host whose next task waits for one that was never started gets a new task, and the service stays as it was", async () => {
    const wanted = await inputs();
    const { id, outs } = await server.create(wanted);
    const [service] = swarm.services;
    if (service === undefined) throw new Error("The Swarm has no service.");
    service.UpdateStatus = { State: "rollback_started", Message: "of an earlier run" };
    swarm.addTask(service, 1, { desired: "ready", state: "ready" });
    swarm.addTask(service, 1, { desired: "shutdown", state: "pending" });
    const writes = swarm.writes().length;
    const begin = Date.now();
    await server.update(id, { ...outs, complete: false }, wanted);
    expect((Date.now() - begin) / 1000).toBeLessThan(8);
    expect(swarm.writes()).toHaveLength(writes + 2);
    expect((await server.read(id, outs)).inputs).toEqual(wanted);
  });

  test("a task that the Swarm left when it scaled the service down goes", async () => {
    const wanted = await inputs({ ports: [], mode: { kind: "replicated", replicas: 1 } });
    const { id, outs } = await server.create(wanted);
    const [service] = swarm.services;
    if (service === undefined) throw new Error("The Swarm has no service.");
    swarm.addTask(service, 2, { desired: "running", state: "running" });
    const said = server.log().length;
    const again = await server.update(id, { ...outs, complete: false }, wanted);
    expect(again).toMatchObject({ complete: true });
    expect(server.log().slice(said)).toMatch(
      /^hive: the service 'web': more of its tasks run on hive0\.example, hive2\.example than are wanted/m,
    );
    expect((await server.read(id, outs)).inputs).toEqual(wanted);
  });

  test("one for which no server has the memory fails with the scheduler's reason before its time is over", async () => {
    const pending = "insufficient resources on 3 nodes";
    const wanted = await inputs({
      mode: { kind: "replicated", replicas: 1 },
      environment: { PENDING: pending },
      convergeDeadlineSeconds: 100,
    });
    const begin = Date.now();
    await expect(server.create(wanted)).rejects.toThrow(
      /no server can take a task of it: insufficient resources on 3 nodes\. .*resources\.reservations/,
    );
    expect((Date.now() - begin) / 1000).toBeLessThan(40);
  }, 60_000);

  test("a virtual address or a mesh port that no kernel serves is told, once the service runs", async () => {
    const port = { target: 80, published: 8080, protocol: "tcp" };
    const said = async (changes: Properties): Promise<boolean> => {
      const before = server.log().length;
      const wanted = await inputs(changes);
      await server.delete((await server.create(wanted)).id, wanted);
      return /No client can connect to web by [^]*has no IPVS/.test(server.log().slice(before));
    };
    const meshed = { ports: [{ ...port, mode: "ingress" }], endpointMode: "vip" };
    const networks = [{ id: "n1", aliases: [] }];
    expect(await said(meshed)).toBe(false);
    swarm.loseIpvs();
    expect(await said(meshed)).toBe(true);
    expect(await said({ ports: [], networks, endpointMode: "vip" })).toBe(true);
    expect(await said({ ports: [], networks, endpointMode: "dnsrr" })).toBe(false);
    expect(await said({ ports: [{ ...port, mode: "host" }], networks: [] })).toBe(false);
  });

  test("a create whose tasks fail leaves the service in the state, and the next run mends it", async () => {
    const failing = await inputs({ environment: { FAIL: "no database" } });
    const failed: unknown = await server.create(failing).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PartialFailure);
    expect(failed).toMatchObject({ message: expect.stringMatching(/no database/) as string });
    const { id, properties } = failed as PartialFailure;
    expect(id).toBe(swarm.services[0]?.ID);

    const wanted = await inputs();
    const updated = await server.update(id, properties, wanted);
    expect(updated["complete"]).toBe(true);
    await server.delete(id, properties);
    expect(swarm.services).toEqual([]);
  });

  test("a long last word of a task is cut, so that the error fits into the answer to the engine", async () => {
    const words = Array.from({ length: 100 }, (_, line) => `${line} ${"é".repeat(300)}`).join("\n");
    const hosts = Array.from({ length: 40 }, (_, index) => [`hive${index}.example`, "10.0.0.1"]);
    const failing = await inputs({
      environment: { FAIL: words.slice(0, 4000) },
      hosts: Object.fromEntries(hosts) as Properties,
    });
    const failed: unknown = await server.create(failing).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PartialFailure);
    expect((failed as PartialFailure).message.length).toBeLessThan(2500);
  });

  test("adopts the site's own service of that name", async () => {
    const first = await server.create(await inputs());
    const writes = swarm.writes().length;
    expect((await server.create(await inputs())).id).toBe(first.id);
    expect(swarm.writes()).toHaveLength(writes);
    const changed = await server.create(await inputs({ environment: {} }));
    expect(changed.id).toBe(first.id);
    expect(swarm.services[0]?.Spec.TaskTemplate.ContainerSpec.Env).toEqual([]);
  });

  test("refuses a foreign service of that name and leaves it alone", async () => {
    await server.create(await inputs({ site: "other.example" }));
    const writes = swarm.writes().length;
    await expect(server.create(await inputs())).rejects.toThrow(
      /a service named 'web' already, and it belongs to the site 'other\.example'[^]*docker service rm web/,
    );
    expect(swarm.writes()).toHaveLength(writes);
  });

  test("tries again when another writer came in between", async () => {
    const { id, outs } = await server.create(await inputs());
    swarm.interfere(2);
    await server.update(id, outs, await inputs({ environment: { A: "2" } }));
    expect(swarm.services[0]?.Spec.TaskTemplate.ContainerSpec.Env).toEqual(["A=2"]);
  });

  test("hands a new account of the registry on to the Swarm", async () => {
    const { id, outs } = await server.create(
      await inputs({ registryAuth: { username: "pull", password: "old" } }),
    );
    await server.update(id, outs, await inputs({ registryAuth: { username: "pull", password } }));
    expect(Buffer.from(swarm.services[0]?.auth ?? "", "base64").toString()).toContain(password);
  });

  test("takes the account away from a service whose image comes from elsewhere now", async () => {
    const { id, outs } = await server.create(
      await inputs({ registryAuth: { username: "pull", password } }),
    );
    await server.update(id, outs, await inputs());
    expect(Buffer.from(swarm.services[0]?.auth ?? "", "base64").toString()).toBe("{}");
  });

  test("works with any one manager dead", async () => {
    const { id, outs } = await server.create(await inputs());
    await swarm.hosts[0]?.die();
    await server.update(id, outs, await inputs({ environment: { A: "3" } }));
    expect(swarm.services[0]?.Spec.TaskTemplate.ContainerSpec.Env).toEqual(["A=3"]);
    expect((await server.read(id, outs)).inputs).toMatchObject({ environment: { A: "3" } });
  });

  test("without quorum, update names each host and what to do, refresh keeps the state, delete goes through", async () => {
    const wanted = await inputs();
    const { id, outs } = await server.create(wanted);
    await Promise.all([swarm.hosts[0]?.die(), swarm.hosts[2]?.die()]);
    await expect(server.update(id, outs, await inputs({ environment: {} }))).rejects.toThrow(
      /No Swarm manager with quorum among 3 host\(s\):\n {2}- hive0[^]*- hive1[^]*(does not have a leader|too few of the managers)[^]*- hive2[^]*Bring back/,
    );
    expect((await server.read(id, outs)).inputs).toEqual(wanted);
    // With hosts that are there, a leader may still be elected; without any, there is nothing to
    // wait for.
    await swarm.hosts[1]?.die();
    await server.delete(id, outs);
    expect(server.log()).toMatch(/service 'web' could not be removed and is forgotten/);
  });

  test("a delete while no leader is elected yet removes the service when there is one", async () => {
    const { id, outs } = await server.create(await inputs());
    await Promise.all([swarm.hosts[0]?.die(), swarm.hosts[2]?.die()]);
    const said = server.log().length;
    const deleted = server.delete(id, outs);
    setTimeout(() => void swarm.hosts[0]?.revive(), 3000);
    await deleted;
    expect(swarm.services).toEqual([]);
    expect(server.log().slice(said)).not.toContain("is forgotten");
  });

  test("is gone for a refresh when it was removed by hand; delete may be repeated", async () => {
    const { id, outs } = await server.create(await inputs());
    await server.delete(id, outs);
    await server.delete(id, outs);
    expect(swarm.services).toEqual([]);
    expect((await server.read(id, outs)).id).toBe("");
    await expect(server.update(id, outs, await inputs({ environment: {} }))).rejects.toThrow(
      /'web' is no longer in the Swarm[^]*--refresh/,
    );
  });

  test("another name replaces it: the new one comes first, and takes over what the old one holds", async () => {
    const { id, outs } = await server.create(await inputs());
    expect(await server.diff(id, outs, await inputs({ name: "web2" }))).toEqual({
      changes: true,
      replaces: ["name"],
      deleteBeforeReplace: false,
    });
  });

  test("another kind of mode replaces it, the old one first; create takes one of another kind away", async () => {
    const { id, outs } = await server.create(await inputs());
    const replicated = await inputs({ mode: { kind: "replicated", replicas: 1 } });
    expect(await server.diff(id, outs, replicated)).toEqual({
      changes: true,
      replaces: ["mode"],
      deleteBeforeReplace: true,
    });
    const { id: other } = await server.create(replicated);
    expect(other).not.toBe(id);
    expect(swarm.services.map(({ ID }) => ID)).toEqual([other]);
  });

  test("a change of each field shows in a refresh under its own name, and an update mends it", async () => {
    const wanted = await inputs({ ports: [], mode: { kind: "replicated", replicas: 1 } });
    const { id, outs } = await server.create(wanted);
    const [service] = swarm.services;
    if (service === undefined) throw new Error("The Swarm has no service.");
    const original = service.Spec;
    const template = original.TaskTemplate;
    const container = template.ContainerSpec;
    const inContainer = (changes: object): EngineServiceSpec => ({
      ...original,
      TaskTemplate: { ...template, ContainerSpec: { ...container, ...changes } },
    });
    const inTemplate = (changes: object): EngineServiceSpec => ({
      ...original,
      TaskTemplate: { ...template, ...changes },
    });
    const byHand: Readonly<Record<string, EngineServiceSpec>> = {
      ...Object.fromEntries(
        switches.map(({ field, on }) => [
          field,
          toEngineSpec({ ...fromEngineSpec(original), ...on }),
        ]),
      ),
      image: inContainer({ Image: "other@sha256:9" }),
      entrypoint: inContainer({ Command: ["sh"] }),
      command: inContainer({ Args: ["-x"] }),
      environment: inContainer({ Env: ["A=2"] }),
      hostname: inContainer({ Hostname: "moon" }),
      hosts: inContainer({ Hosts: ["10.0.0.9 moon"] }),
      dns: inContainer({ DNSConfig: { Nameservers: ["10.0.0.53"] } }),
      mounts: inContainer({ Mounts: [{ Type: "bind", Source: "/a", Target: "/a" }] }),
      secrets: inContainer({ Secrets: [{ SecretID: "s", SecretName: "s", File: { Name: "s" } }] }),
      configs: inContainer({ Configs: [{ ConfigID: "c", ConfigName: "c", File: { Name: "/c" } }] }),
      containerLabels: inContainer({ Labels: { a: "b" } }),
      healthcheck: inContainer({ Healthcheck: { Test: ["NONE"] } }),
      stopGracePeriodSeconds: inContainer({ StopGracePeriod: 5e9 }),
      stopSignal: inContainer({ StopSignal: "SIGQUIT" }),
      user: inContainer({ User: "daemon" }),
      groups: inContainer({ Groups: ["adm"] }),
      workingDirectory: inContainer({ Dir: "/srv" }),
      capabilities: inContainer({ CapabilityDrop: ["ALL"] }),
      sysctls: inContainer({ Sysctls: { "net.core.somaxconn": "1" } }),
      ulimits: inContainer({ Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }] }),
      resources: inTemplate({ Resources: { Limits: { Pids: 5 } } }),
      restart: inTemplate({ RestartPolicy: { Condition: "none" } }),
      placement: inTemplate({ Placement: { MaxReplicas: 1 } }),
      networks: inTemplate({ Networks: [{ Target: "net1" }] }),
      logging: inTemplate({ LogDriver: { Name: "none" } }),
      labels: { ...original, Labels: { ...original.Labels, a: "b" } },
      site: { ...original, Labels: {} },
      mode: { ...original, Mode: { Replicated: { Replicas: 5 } } },
      update: { ...original, UpdateConfig: { Parallelism: 7 } },
      rollback: { ...original, RollbackConfig: { Parallelism: 7 } },
      endpointMode: { ...original, EndpointSpec: { Mode: "vip" } },
      ports: {
        ...original,
        EndpointSpec: { Mode: "dnsrr", Ports: [{ TargetPort: 1, PublishedPort: 2 }] },
      },
    };
    for (const [field, drifted] of Object.entries(byHand)) {
      service.Spec = drifted;
      const seen = await server.read(id, outs);
      const differing = Object.keys({ ...seen.inputs, ...wanted }).filter(
        (name) => !isDeepStrictEqual(seen.inputs?.[name], wanted[name]),
      );
      expect(differing).toEqual([field]);
      expect((await server.diff(id, seen.props, wanted)).changes).toBe(true);
    }
    expect(Object.keys(byHand).sort()).toEqual(
      serviceContent.filter((name) => name !== "name").sort(),
    );
    service.Spec = byHand["secrets"] ?? original;
    const seen = await server.read(id, outs);
    await server.update(id, seen.props, wanted);
    expect((await server.read(id, outs)).inputs).toEqual(wanted);
  });

  test("says what it waits for while tasks are slow, and nothing when they are quick", async () => {
    const said = server.log().length;
    const { id, outs } = await server.create(await inputs());
    expect(server.log().slice(said)).not.toMatch(/^hive: web: /m);
    swarm.slowDown(5000);
    await server.update(id, outs, await inputs({ environment: { SLOW: "1" } }));
    expect(server.log().slice(said)).toMatch(
      /^hive: web: starting on hive0\.example, .* \(0 of 3 healthy\)/m,
    );
  });

  test("a global service runs where its constraints allow, and does not wait for other hosts", async () => {
    const [, node] = swarm.nodes;
    if (node !== undefined) node.Spec.Labels["disk"] = "ssd";
    const placement = {
      constraints: ["node.labels.disk == ssd"],
      spread: [],
      maxReplicasPerHost: 0,
    };
    const { outs } = await server.create(await inputs({ placement }));
    expect(outs).toMatchObject({
      complete: true,
      placement: { constraints: ["node.labels.disk==ssd"] },
    });
  });

  test("one that no host may run is refused before anything is changed", async () => {
    const nowhere = { constraints: ["node.labels.foo == bar"], spread: [], maxReplicasPerHost: 0 };
    const refusal =
      /No server meets the placement constraints of the service 'web': node\.labels\.foo==bar\..*label-add/;
    await expect(server.create(await inputs({ placement: nowhere }))).rejects.toThrow(refusal);
    expect(swarm.services).toEqual([]);
    const { id, outs } = await server.create(await inputs());
    const writes = swarm.writes().length;
    await expect(server.update(id, outs, await inputs({ placement: nowhere }))).rejects.toThrow(
      refusal,
    );
    expect(swarm.writes()).toHaveLength(writes);
  });

  test("one that follows another service is made before any host has the label: that comes when the service is there", async () => {
    const constraints = ["node.labels.hive.with.db==true"];
    const placement = { constraints, spread: [], maxReplicasPerHost: 0 };
    const none = { kind: "replicated", replicas: 0 };
    const { outs } = await server.create(await inputs({ mode: none, ports: [], placement }));
    expect(outs).toMatchObject({ complete: true, placement: { constraints } });
    const elsewhere = { ...placement, constraints: [...constraints, "node.labels.foo == bar"] };
    await expect(
      server.create(await inputs({ name: "other", placement: elsewhere })),
    ).rejects.toThrow(/No server meets the placement constraints of the service 'other'/);
  });

  test("a service of no task is done at once", async () => {
    const none = await inputs({ mode: { kind: "replicated", replicas: 0 }, ports: [] });
    expect((await server.create(none)).outs["complete"]).toBe(true);
  });

  test("check names what is wrong, and waits with what is unknown", async () => {
    const bad = {
      ...(await inputs()),
      name: "no spaces",
      image: "",
      update: { order: "start-first" },
      rollback: { onFailure: "rollback" },
      mode: { kind: "job", retries: -1 },
      ports: [
        { target: 80, published: 80, protocol: "tcp", mode: "host" },
        { target: 81, published: 81, protocol: "tcp", mode: "ingress" },
      ],
      mounts: [
        { kind: "tmpfs", target: "/tmp", mode: "rw" },
        { kind: "bind", source: "/srv", target: "/tmp", readOnly: true },
      ],
    };
    const { failures } = await server.check(bad);
    expect(failures.map(({ reason }) => reason)).toMatchSnapshot();

    const unknown = { ...(await inputs()), image: unknownValue, ports: unknownValue };
    expect((await server.check(unknown)).failures).toEqual([]);
    const olds = { ...(await inputs()), complete: true };
    expect(await server.diff("id", olds, unknown)).toMatchObject({
      changes: true,
      replaces: [],
    });
  });
});

describe("a job of SwarmService", () => {
  const job = (changes: Properties = {}): Promise<Properties> =>
    inputs({ name: "job", ports: [], mode: { kind: "job", retries: 1 }, ...changes });
  const nightly = (changes: Properties = {}): Promise<Properties> =>
    job({ mode: { kind: "job", schedule: "0 3 * * *", retries: 0 }, ...changes });
  const iteration = (): number => swarm.services[0]?.JobStatus?.JobIteration.Index ?? 0;

  test("is done when it has completed; a change runs it again, nothing else does", async () => {
    const wanted = await job();
    const { id, outs } = await server.create(wanted);
    expect(outs["complete"]).toBe(true);
    expect((await server.read(id, outs)).inputs).toEqual(wanted);
    expect((await server.diff(id, outs, wanted)).changes).toBe(false);

    const account = await job({ registryAuth: { username: "pull", password } });
    await server.update(id, outs, account);
    expect(iteration()).toBe(0);
    await server.update(id, outs, await job({ environment: { A: "2" } }));
    expect(iteration()).toBe(1);
  });

  test("leaves nothing behind, though engines keep the containers of its runs", async () => {
    const { id, outs } = await server.create(await job());
    expect(swarm.containers()).toBe(1);
    await server.delete(id, outs);
    expect(swarm.containers()).toBe(0);
  });

  test("that fails says so with its last lines, and is run again by the next run", async () => {
    const failing = await job({ environment: { FAIL: "no table 'users'" } });
    const failed: unknown = await server.create(failing).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PartialFailure);
    expect(failed).toMatchObject({
      message: expect.stringMatching(/the job failed 2 times[^]*no table 'users'/) as string,
      properties: { complete: false },
    });
    const { id, properties } = failed as PartialFailure;
    await expect(server.update(id, properties, failing)).rejects.toThrow(/no table 'users'/);
    expect(iteration()).toBe(1);
    const mended = await job({ environment: {} });
    expect(await server.update(id, properties, mended)).toMatchObject({ complete: true });
  });

  test("with a schedule is made without a run, and a run of it is no drift", async () => {
    const wanted = await nightly();
    const { id, outs } = await server.create(wanted);
    const [service] = swarm.services;
    if (service === undefined) throw new Error("The Swarm has no service.");
    expect(service.Spec).toMatchObject({
      Labels: { [scheduleLabel]: "0 3 * * *" },
      Mode: { ReplicatedJob: { TotalCompletions: 0 } },
    });
    swarm.startRun(service, 0);
    expect((await server.read(id, outs)).inputs).toEqual(wanted);

    const last = service.Spec.Labels?.[lastRunLabel];
    expect(last).toBeDefined();
    await server.update(id, outs, await nightly({ environment: { A: "2" } }));
    expect(service.Spec).toMatchObject({
      Labels: { [lastRunLabel]: last },
      TaskTemplate: { ForceUpdate: 1 },
      Mode: { ReplicatedJob: { TotalCompletions: 0 } },
    });
  });

  test("with a schedule is not changed while a run goes on", async () => {
    const { id, outs } = await server.create(await nightly());
    const [service] = swarm.services;
    if (service === undefined) throw new Error("The Swarm has no service.");
    swarm.startRun(service, 1500);
    const changed = await nightly({ environment: { A: "2" } });
    const before = Date.now();
    await server.update(id, outs, changed);
    expect(Date.now() - before).toBeGreaterThan(1400);

    swarm.startRun(service, 60_000);
    const impatient = await nightly({ convergeDeadlineSeconds: 1, environment: { A: "3" } });
    const writes = swarm.writes().length;
    await expect(server.update(id, outs, impatient)).rejects.toThrow(
      /a run of it is going on, and did not end within 1 s[^]*docker service rm job/,
    );
    expect(swarm.writes()).toHaveLength(writes);
  });
});
