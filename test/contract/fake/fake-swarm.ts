import { randomBytes } from "node:crypto";

import { meetsConstraints } from "../../../model/service/placement-constraints";
import type { EngineServiceSpec } from "../../../model/engine-api/service-spec";
import { lastRunLabel } from "../../../model/swarm/labels";
import { type EngineAnswer, type EngineRequest, type FakeHost, startFakeHost } from "./fake-host";

/** A host of a {@link FakeSwarm}. */
export interface FakeSwarmHost extends FakeHost {
  /** Id of its node; undefined while it is in no Swarm. */
  readonly nodeId: string | undefined;
  /** Makes it a new server: it knows of no Swarm any more, the others still list its old node. */
  forget(): void;
}

/**
 * Nodes, services and tasks of hosts whose engines answer as Docker Engine 20.10 does, as far as
 * the providers ask.
 */
export interface FakeSwarm {
  readonly hosts: readonly FakeSwarmHost[];
  /** The tokens that made managers, oldest first; only the last one still does. None may show. */
  readonly joinTokens: readonly string[];
  /** The cluster as the engines store it; a test may change it to make drift. */
  readonly nodes: FakeNode[];
  readonly services: FakeService[];
  /** Cluster settings. */
  settings: Record<string, unknown>;
  /** Makes all hosts managers, as if it had been done before. */
  form(): void;
  /** Lets the next updates of services be refused, as if another writer had come in between. */
  interfere(times: number): void;
  /**
   * Lets new tasks take so long to start, milliseconds: `preparing` for half of it, then
   * `starting`. Default 0.
   */
  slowDown(milliseconds: number): void;
  /** Lets tasks take so long to stop, milliseconds. Default 0. */
  stopSlowly(milliseconds: number): void;
  /**
   * Names of the services of which a task is on a host now, also one that is stopping, by what
   * `has` says of its template.
   */
  running(has?: (template: EngineServiceSpec["TaskTemplate"]) => boolean): string[];
  /** Is called after each request that changes services. */
  watch(look: () => void): void;
  /** Adds a task of a service's wanted kind on a host, in some state. */
  addTask(
    service: FakeService,
    host: number,
    state: { readonly desired: string; readonly state: string; readonly error?: string },
  ): void;
  /** Takes IPVS out of the hosts' kernels. */
  loseIpvs(): void;
  /** Starts a run of a job, as the agent on the hosts does; it ends after so many milliseconds. */
  startRun(service: FakeService, milliseconds: number): void;
  /** All requests that change something, of all hosts. */
  writes(): string[];
  /** SSH connections of all hosts so far. */
  connections(): number;
  /** Containers on all hosts, running or not. */
  containers(): number;
  stop(): Promise<void>;
}

/** A node as `GET /nodes` shows it. */
export interface FakeNode {
  ID: string;
  Version: { Index: number };
  Spec: { Role: string; Availability: string; Labels: Record<string, string> };
  Description: { Hostname: string };
  Status: { State: string; Addr: string };
  ManagerStatus?: { Reachability: string; Leader: boolean };
}

/** A service as `GET /services/<id>` shows it. */
export interface FakeService {
  ID: string;
  Version: { Index: number };
  Spec: EngineServiceSpec;
  UpdateStatus?: { State: string; Message: string };
  JobStatus?: { JobIteration: { Index?: number } };
  /** The account with which it was created or updated last. */
  auth: string | undefined;
}

interface FakeTask {
  ID: string;
  ServiceID: string;
  /** Name of its service, and the ports that it takes on its host; the engine says neither here. */
  service: string;
  hostPorts: readonly string[];
  NodeID: string;
  DesiredState: string;
  Status: {
    State: string;
    Timestamp: string;
    Err?: string;
    ContainerStatus?: { ContainerID: string };
  };
  Spec: EngineServiceSpec["TaskTemplate"];
  JobIteration?: { Index?: number };
}

/** The published ports of a mode, as `<number>/<protocol>`. */
function portKeys(spec: EngineServiceSpec, mode: "host" | "ingress"): string[] {
  return (spec.EndpointSpec?.Ports ?? [])
    .filter(({ PublishMode = "ingress" }) => PublishMode === mode)
    .map(({ PublishedPort, Protocol = "tcp" }) => `${PublishedPort}/${Protocol}`);
}

function serviceView(service: FakeService): FakeService {
  const { Spec: spec } = service;
  // The engine says this of services, and not of tasks.
  const template = { ...spec.TaskTemplate, Runtime: "container" };
  return { ...service, Spec: { ...spec, TaskTemplate: template } };
}

function withoutRuntime(template: EngineServiceSpec["TaskTemplate"]): typeof template {
  return { ...template, ...{ Runtime: undefined } };
}

/** How long a roll-back takes that does not end at once, milliseconds. */
const rollbackMs = 1500;

/**
 * Starts hosts that are in no Swarm yet. A task with the variable FAIL prints its value and fails;
 * with UNHEALTHY, its health check says that value, and it ends with code 0; with PENDING, the
 * scheduler says that value. One of a job completes.
 */
export async function startFakeSwarm(names: readonly string[]): Promise<FakeSwarm> {
  const newToken = (): string => `SWMTKN-1-${randomBytes(12).toString("hex")}`;
  const joinTokens = [newToken()];
  let clusterId: string | undefined;
  let settings: Record<string, unknown> = {};
  let version = 1;
  let interferences = 0;
  let slowness = 0;
  let stopMs = 0;
  let look = (): void => undefined;
  let hasIpvs = true;
  const nodes: FakeNode[] = [];
  const services: FakeService[] = [];
  const tasks: FakeTask[] = [];
  const dead = new Set<string>();
  const nodeIds = new Map<string, string>();
  /** Also of hosts that have left: their engines still have the containers. */
  const lastNodeIds = new Map<string, string>();
  const newId = (): string => randomBytes(13).toString("hex").slice(0, 25);

  const ok = (body?: unknown): EngineAnswer => ({ status: 200, body });
  const refuse = (status: number, message: string): EngineAnswer => ({ status, body: { message } });
  const nodeView = (node: FakeNode): FakeNode => {
    const lost =
      dead.has(node.Description.Hostname) || nodeIds.get(node.Description.Hostname) !== node.ID;
    return {
      ...node,
      Status: { ...node.Status, State: lost ? "down" : "ready" },
      ...(node.ManagerStatus === undefined
        ? {}
        : {
            ManagerStatus: {
              ...node.ManagerStatus,
              Reachability: lost ? "unreachable" : "reachable",
            },
          }),
    };
  };
  const hasQuorum = (): boolean => {
    const managers = nodes.filter(({ ManagerStatus }) => ManagerStatus !== undefined).map(nodeView);
    return managers.filter(({ Status }) => Status.State === "ready").length * 2 > managers.length;
  };
  const enter = (hostname: string, address: string): void => {
    const id = newId();
    nodeIds.set(hostname, id);
    lastNodeIds.set(hostname, id);
    nodes.push({
      ID: id,
      Version: { Index: version++ },
      Spec: { Role: "manager", Availability: "active", Labels: {} },
      Description: { Hostname: hostname },
      Status: { State: "ready", Addr: address },
      ManagerStatus: { Reachability: "reachable", Leader: nodes.length === 0 },
    });
  };
  const variable = (service: FakeService, name: string): string | undefined =>
    service.Spec.TaskTemplate.ContainerSpec.Env?.find((line) => line.startsWith(`${name}=`));
  /** Hosts for the tasks of a service, as the scheduler would choose them. */
  const placesFor = ({ Spec: { Mode, TaskTemplate } }: FakeService): (FakeNode | undefined)[] => {
    const constraints = TaskTemplate.Placement?.Constraints ?? [];
    const living = nodes.filter(
      (node) => nodeView(node).Status.State === "ready" && meetsConstraints(node, constraints),
    );
    if (Mode.Global !== undefined) return living;
    const count = Mode.ReplicatedJob?.TotalCompletions ?? Mode.Replicated?.Replicas ?? 1;
    return Array.from({ length: count }, (_, index) => living[index % living.length]);
  };
  const addTask = (
    service: FakeService,
    node: FakeNode | undefined,
    { desired, state, error }: { desired: string; state: string; error?: string },
  ): FakeTask => {
    const id = newId();
    const task: FakeTask = {
      ID: id,
      ServiceID: service.ID,
      service: service.Spec.Name,
      hostPorts: portKeys(service.Spec, "host"),
      NodeID: node?.ID ?? "",
      DesiredState: desired,
      Status: {
        State: state,
        Timestamp: new Date().toISOString(),
        ...(error === undefined ? {} : { Err: error }),
        ContainerStatus: { ContainerID: id },
      },
      Spec: withoutRuntime(service.Spec.TaskTemplate),
    };
    tasks.push(task);
    return task;
  };
  /** What the orchestrator would do. */
  const schedule = (service: FakeService): void => {
    const { TaskTemplate: template, Mode: mode } = service.Spec;
    const job = mode.ReplicatedJob !== undefined;
    const failing = variable(service, "FAIL") !== undefined;
    const pending = variable(service, "PENDING");
    if (pending !== undefined) {
      addTask(service, undefined, {
        ...{ desired: "running", state: "pending" },
        error: pending.slice("PENDING=".length),
      });
      return;
    }
    const { Condition, MaxAttempts = 0 } = template.RestartPolicy ?? {};
    const attempts = !failing || Condition === "none" ? 1 : job ? MaxAttempts + 1 : 3;
    for (const node of placesFor(service)) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const task: FakeTask = {
          ID: newId(),
          ServiceID: service.ID,
          service: service.Spec.Name,
          hostPorts: portKeys(service.Spec, "host"),
          NodeID: node?.ID ?? "",
          DesiredState: failing ? "shutdown" : job ? "complete" : "running",
          Status: {
            State: failing ? "failed" : job ? "complete" : "running",
            Timestamp: new Date().toISOString(),
            ...(failing ? { Err: "task: non-zero exit (1)" } : {}),
          },
          Spec: withoutRuntime(template),
          ...(service.JobStatus === undefined
            ? {}
            : { JobIteration: service.JobStatus.JobIteration }),
        };
        if (task.Status.State === "running" && isPortTaken(task)) {
          task.Status = {
            ...task.Status,
            State: "pending",
            Err: "no suitable node (host-mode port already in use on 1 node)",
          };
        }
        tasks.push(task);
        if (slowness > 0) startSlowly(task);
      }
    }
  };
  const startSlowly = ({ Status: status }: FakeTask): void => {
    const end = status.State;
    status.State = "preparing";
    setTimeout(() => (status.State = "starting"), slowness / 2).unref();
    setTimeout(() => (status.State = end), slowness).unref();
  };
  /** Each change of a job begins a new run. */
  const nextRun = (service: FakeService): void => {
    const iteration = (service.JobStatus?.JobIteration.Index ?? 0) + 1;
    service.JobStatus = { JobIteration: { Index: iteration } };
    for (let index = tasks.length - 1; index >= 0; index--) {
      const task = tasks[index];
      if (task?.ServiceID === service.ID && task.Status.State === "running") tasks.splice(index, 1);
    }
    schedule(service);
  };
  const isPortTaken = (task: FakeTask): boolean =>
    tasks.some(
      (other) =>
        other !== task &&
        other.NodeID === task.NodeID &&
        other.Status.State === "running" &&
        other.hostPorts.some((port) => task.hostPorts.includes(port)),
    );
  /** What waited for a port of its host starts when that is free. */
  const startWaiting = (): void => {
    for (const task of tasks) {
      const waits = task.Status.Err?.includes("host-mode port") === true;
      if (task.Status.State !== "pending" || !waits || isPortTaken(task)) continue;
      task.Status = { State: "running", Timestamp: new Date().toISOString() };
    }
    look();
  };
  /** @param over what to do with a task when it has stopped */
  const stopTasks = (service: FakeService, over?: (task: FakeTask) => void): void => {
    for (const task of [...tasks]) {
      if (
        task.ServiceID !== service.ID ||
        !["running", "ready", "pending"].includes(task.Status.State)
      )
        continue;
      const end = (): void => {
        task.Status.State = "shutdown";
        over?.(task);
        startWaiting();
      };
      task.DesiredState = "shutdown";
      if (stopMs === 0 || task.Status.State !== "running") end();
      else setTimeout(end, stopMs).unref();
    }
  };
  /**
   * The refusal of a spec with a port that another service has, if not both take it on their hosts
   * alone.
   */
  const portConflict = (spec: EngineServiceSpec, self?: FakeService): EngineAnswer | undefined => {
    for (const other of services) {
      if (other === self) continue;
      const meshed = portKeys(other.Spec, "ingress");
      const taken =
        portKeys(spec, "ingress").find((port) =>
          [...meshed, ...portKeys(other.Spec, "host")].includes(port),
        ) ?? portKeys(spec, "host").find((port) => meshed.includes(port));
      if (taken === undefined) continue;
      const mode = meshed.includes(taken) ? "an ingress" : "a host-published";
      return refuse(
        400,
        `rpc error: code = InvalidArgument desc = port '${taken.split("/")[0]}' is already in use by service '${other.Spec.Name}' (${other.ID}) as ${mode} port`,
      );
    }
    return undefined;
  };

  const answer = (hostname: string, request: EngineRequest): EngineAnswer => {
    const { method, path, query } = request;
    const body = (request.body ?? {}) as Record<string, unknown>;
    const nodeId = nodeIds.get(hostname);
    const [, room = "", id = "", verb = ""] = path.split("/");
    if (path === "/info") {
      const mine = nodes.find(({ ID }) => ID === nodeId);
      return ok({
        Swarm: {
          NodeID: nodeId ?? "",
          LocalNodeState: nodeId === undefined ? "inactive" : "active",
          ControlAvailable: mine?.ManagerStatus !== undefined,
          ...(nodeId === undefined ? {} : { Cluster: { ID: clusterId } }),
        },
      });
    }
    if (path === "/swarm/init") {
      clusterId = newId();
      settings = {};
      enter(hostname, String(body["AdvertiseAddr"]));
      return ok(nodeIds.get(hostname));
    }
    if (path === "/swarm/join") {
      if (body["JoinToken"] !== joinTokens.at(-1))
        return refuse(400, `invalid join token ${String(body["JoinToken"])}`);
      enter(hostname, String(body["AdvertiseAddr"]));
      return ok();
    }
    if (path === "/containers/json") {
      const label = (JSON.parse(query.get("filters") ?? "{}") as { label?: string[] }).label?.[0];
      const own = tasks.filter(
        ({ NodeID, ServiceID }) =>
          (label === "com.docker.swarm.node.id" && lastNodeIds.get(hostname) === NodeID) ||
          (NodeID === nodeId && label === `com.docker.swarm.service.id=${ServiceID}`),
      );
      return ok(own.map(({ ID }) => ({ Id: ID })));
    }
    if (room === "containers" && method === "DELETE") {
      tasks.splice(0, tasks.length, ...tasks.filter(({ ID }) => ID !== id));
      return ok();
    }
    if (nodeId === undefined) return refuse(503, "This node is not a swarm manager.");
    if (path === "/swarm/leave") {
      nodeIds.delete(hostname);
      if (nodeIds.size === 0) nodes.length = 0;
      return ok();
    }
    if (!hasQuorum())
      return refuse(503, "rpc error: code = Unknown desc = The swarm does not have a leader.");
    if (path === "/swarm") {
      return ok({
        ID: clusterId,
        Version: { Index: version },
        Spec: settings,
        JoinTokens: { Manager: joinTokens.at(-1) },
      });
    }
    if (path === "/swarm/update") {
      if (Number(query.get("version")) !== version) return refuse(500, "update out of sequence");
      version++;
      if (query.get("rotateManagerToken") === "true") joinTokens.push(newToken());
      settings = body;
      return ok();
    }
    if (room === "nodes") {
      const wanted = (JSON.parse(query.get("filters") ?? "{}") as { id?: string[] }).id;
      if (id === "")
        return ok(nodes.map(nodeView).filter(({ ID }) => wanted?.includes(ID) ?? true));
      const node = nodes.find(({ ID }) => ID === id);
      if (node === undefined) return refuse(404, `node ${id} not found`);
      if (method === "DELETE") nodes.splice(nodes.indexOf(node), 1);
      if (verb === "update") {
        node.Version = { Index: version++ };
        node.Spec = body as unknown as FakeNode["Spec"];
        if (node.Spec.Role === "worker") delete node.ManagerStatus;
        else node.ManagerStatus ??= { Reachability: "reachable", Leader: false };
      }
      return ok(nodeView(node));
    }
    if (room === "images" && path.includes("health-checked"))
      return ok({ Config: { Healthcheck: { Test: ["CMD", "/check"] } } });
    if (room === "services") {
      const auth = request.headers["x-registry-auth"]?.toString();
      if (id === "") return ok(services.map(serviceView));
      if (id === "create") {
        const conflict = portConflict(request.body as EngineServiceSpec);
        if (conflict !== undefined) return conflict;
        const service: FakeService = {
          ID: newId(),
          Version: { Index: version++ },
          Spec: request.body as EngineServiceSpec,
          auth,
        };
        if (service.Spec.Mode.ReplicatedJob !== undefined) service.JobStatus = { JobIteration: {} };
        services.push(service);
        schedule(service);
        look();
        return { status: 201, body: { ID: service.ID } };
      }
      const service = services.find(({ ID, Spec }) => ID === id || Spec.Name === id);
      if (service === undefined) return refuse(404, `service ${id} not found`);
      if (method === "DELETE") {
        services.splice(services.indexOf(service), 1);
        if (stopMs > 0) stopTasks(service, (task) => tasks.splice(tasks.indexOf(task), 1));
        for (let index = tasks.length - 1; index >= 0; index--) {
          const task = tasks[index];
          // Ended tasks of jobs stay, and their containers too.
          const stays = task?.JobIteration !== undefined && task.Status.State !== "running";
          const stopping = stopMs > 0 && task?.Status.State === "running";
          if (task?.ServiceID === service.ID && !stays && !stopping) tasks.splice(index, 1);
        }
        startWaiting();
      }
      if (verb === "update") {
        if (interferences-- > 0) service.Version = { Index: version++ };
        if (Number(query.get("version")) !== service.Version.Index)
          return refuse(500, "update out of sequence");
        const before = service.Spec;
        if (
          Object.keys(before.Mode)[0] !== Object.keys((body as never as EngineServiceSpec).Mode)[0]
        )
          return refuse(500, "service mode change is not allowed");
        const conflict = portConflict(request.body as EngineServiceSpec, service);
        if (conflict !== undefined) return conflict;
        service.Version = { Index: version++ };
        service.Spec = request.body as EngineServiceSpec;
        service.auth = auth ?? service.auth;
        delete service.UpdateStatus;
        if (service.JobStatus !== undefined) nextRun(service);
        else if (
          JSON.stringify(before.TaskTemplate) !== JSON.stringify(service.Spec.TaskTemplate)
        ) {
          const failing = variable(service, "FAIL") !== undefined;
          if (variable(service, "UNHEALTHY") !== undefined) {
            const node = nodes.find(({ ID }) => ID === nodeId);
            const { ID } = addTask(service, node, { desired: "shutdown", state: "complete" });
            const reason = `update rolled back due to failure or early termination of task ${ID}`;
            service.UpdateStatus = { State: "rollback_started", Message: reason };
            service.Spec = before;
            setTimeout(() => {
              service.UpdateStatus = { State: "rollback_completed", Message: "rollback completed" };
            }, rollbackMs).unref();
            return ok({ ...service });
          }
          if (!failing) stopTasks(service);
          schedule(service);
          service.UpdateStatus = failing
            ? { State: "rollback_completed", Message: "rollback completed" }
            : { State: "completed", Message: "update completed" };
          if (failing) service.Spec = before;
        } else {
          stopTasks(service);
          schedule(service);
        }
        startWaiting();
      }
      return ok(serviceView(service));
    }
    if (room === "tasks" && verb === "logs") {
      const task = tasks.find(({ ID }) => ID === id);
      const fail = task?.Spec.ContainerSpec.Env?.find((line) => line.startsWith("FAIL="));
      const line = Buffer.from(`${fail?.slice("FAIL=".length) ?? ""}\n`);
      const header = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]);
      header.writeUInt32BE(line.length, 4);
      return ok(Buffer.concat([header, line]));
    }
    if (room === "tasks") {
      const wanted = (JSON.parse(query.get("filters") ?? "{}") as { service?: string[] }).service;
      return ok(tasks.filter(({ ServiceID }) => wanted?.includes(ServiceID) ?? true));
    }
    if (room === "containers" && verb === "json") {
      const task = tasks.find(({ ID }) => ID === id);
      const said = task?.Spec.ContainerSpec.Env?.find((line) => line.startsWith("UNHEALTHY="));
      if (said === undefined) return ok({ State: {} });
      const output = said.slice("UNHEALTHY=".length);
      return ok({
        State: { Health: { Status: "unhealthy", Log: [{ ExitCode: 1, Output: output }] } },
      });
    }
    return refuse(404, `page not found: ${method} ${path}`);
  };

  const started = await Promise.all(
    names.map((name) =>
      startFakeHost(
        name,
        (request) => answer(name, request),
        (command) => ({ code: command === "test -e /proc/net/ip_vs" && !hasIpvs ? 1 : 0 }),
      ),
    ),
  );
  const hosts = started.map((host, index): FakeSwarmHost => {
    const name = names[index] ?? "";
    return Object.create(host, {
      nodeId: { get: () => nodeIds.get(name) },
      forget: { value: () => nodeIds.delete(name) },
      die: {
        value: async () => {
          dead.add(name);
          await host.die();
        },
      },
      revive: {
        value: async () => {
          dead.delete(name);
          await host.revive();
        },
      },
    }) as FakeSwarmHost;
  });
  return {
    hosts,
    joinTokens,
    nodes,
    services,
    get settings() {
      return settings;
    },
    set settings(value) {
      settings = value;
    },
    form() {
      clusterId = newId();
      names.forEach((name, index) => enter(name, `10.0.0.${index + 1}`));
    },
    interfere(times) {
      interferences = times;
    },
    stopSlowly(milliseconds) {
      stopMs = milliseconds;
    },
    running: (has = () => true) =>
      tasks
        .filter(({ Status, Spec }) => Status.State === "running" && has(Spec))
        .map(({ service }) => service),
    watch(looker) {
      look = looker;
    },
    addTask(service, host, state) {
      addTask(service, nodes[host], state);
    },
    loseIpvs() {
      hasIpvs = false;
    },
    slowDown(milliseconds) {
      slowness = milliseconds;
    },
    startRun(service, milliseconds) {
      service.Version = { Index: version++ };
      const { TaskTemplate: template } = service.Spec;
      service.Spec = {
        ...service.Spec,
        Labels: { ...service.Spec.Labels, [lastRunLabel]: new Date().toISOString() },
        TaskTemplate: { ...template, ForceUpdate: (template.ForceUpdate ?? 0) + 1 },
        Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
      };
      nextRun(service);
      const status = tasks.at(-1)?.Status;
      if (status === undefined) throw new Error("The run has no task.");
      status.State = "running";
      setTimeout(() => (status.State = "complete"), milliseconds).unref();
    },
    writes: () =>
      hosts.flatMap(({ requests }) => requests.filter((line) => !line.startsWith("GET"))),
    containers: () => tasks.length,
    connections: () => hosts.reduce((sum, host) => sum + host.connections, 0),
    async stop() {
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
}
