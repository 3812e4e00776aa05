import type {
  HostSwarmState,
  SwarmAvailability,
  SwarmNode,
  SwarmObservation,
} from "../../../model/swarm/observation";
import { majority } from "../../../model/swarm/refusal";
import type { SwarmStep } from "../../../model/swarm/step";

interface SimulatedHost {
  up: boolean;
  /** What its engine believes; undefined when it takes part in no Swarm. */
  engine?: { readonly nodeId: string; readonly clusterId: string };
  /** The engine has given up. */
  broken?: boolean;
}

interface SimulatedNode {
  readonly id: string;
  readonly hostname: string;
  votes: boolean;
  labels: Record<string, string>;
  availability: SwarmAvailability;
}

/** A stand-in for a Swarm that keeps its rules: what cannot be done with a real one throws here. */
export class SimulatedSwarm {
  readonly hosts = new Map<string, SimulatedHost>();
  nodes: SimulatedNode[] = [];
  clusterId: string | undefined;
  heartbeatSeconds = 5;
  taskHistoryLimit = 5;
  private made = 0;

  addHost(name: string): void {
    this.hosts.set(name, { up: true });
  }

  /** Puts a host into the Swarm as if it had always been there. */
  addNode(name: string, role: "manager" | "worker"): void {
    this.clusterId ??= "cluster";
    const id = this.newId();
    this.host(name).engine = { nodeId: id, clusterId: this.clusterId };
    this.nodes.push({
      id,
      hostname: name,
      votes: role === "manager",
      labels: {},
      availability: "active",
    });
  }

  kill(name: string): void {
    this.host(name).up = false;
  }

  /** The server is made anew: it is up and knows nothing. */
  wipe(name: string): void {
    this.hosts.set(name, { up: true });
  }

  break(name: string): void {
    this.host(name).broken = true;
  }

  isAlive(node: SimulatedNode): boolean {
    const host = this.hosts.get(node.hostname);
    return host !== undefined && host.up && host.broken !== true && host.engine?.nodeId === node.id;
  }

  voters(): readonly SimulatedNode[] {
    return this.nodes.filter((node) => node.votes);
  }

  hasMajority(): boolean {
    const alive = this.voters().filter((node) => this.isAlive(node)).length;
    return alive >= majority(this.voters().length);
  }

  observe(): SwarmObservation {
    const asked = this.voters().find((node) => this.isAlive(node));
    const hosts = Object.fromEntries(
      [...this.hosts].map(([name, host]) => [name, this.stateOf(host)]),
    );
    if (asked === undefined || this.clusterId === undefined || !this.hasMajority())
      return { hosts };
    return {
      hosts,
      view: {
        through: asked.hostname,
        clusterId: this.clusterId,
        nodes: this.nodes.map((node) => this.listed(node, node === asked)),
        heartbeatSeconds: this.heartbeatSeconds,
        taskHistoryLimit: this.taskHistoryLimit,
      },
    };
  }

  apply(step: SwarmStep): void {
    if ("through" in step) this.requireManager(step.through);
    switch (step.kind) {
      case "init":
        this.requireIdle(step.host);
        if (this.nodes.some((node) => this.isAlive(node))) {
          throw new Error("a second Swarm was made beside one that lives");
        }
        this.nodes = [];
        this.clusterId = `cluster-of-${step.host}`;
        this.addNode(step.host, "manager");
        break;
      case "join": {
        this.requireIdle(step.host);
        const count = this.voters().length;
        const alive = this.voters().filter((node) => this.isAlive(node)).length;
        if (count > 1 && alive < majority(count + 1)) {
          throw new Error(`${step.host} joins where its failure would cost the majority`);
        }
        this.addNode(step.host, "manager");
        break;
      }
      case "leave": {
        const host = this.host(step.host);
        if (!host.up) throw new Error(`${step.host} is down`);
        const node = this.nodes.find((candidate) => candidate.id === host.engine?.nodeId);
        if (node?.votes === true) throw new Error(`${step.host} leaves with its vote`);
        delete host.engine;
        delete host.broken;
        break;
      }
      case "promote":
        this.node(step).votes = true;
        break;
      case "demote":
        this.node(step).votes = false;
        break;
      case "remove": {
        const node = this.node(step);
        if (node.votes) throw new Error(`the manager ${node.hostname} is removed`);
        this.nodes = this.nodes.filter((candidate) => candidate !== node);
        break;
      }
      case "labels": {
        const node = this.node(step);
        node.labels = { ...node.labels, ...step.set };
        for (const key of step.unset) delete node.labels[key];
        break;
      }
      case "availability":
        this.node(step).availability = step.availability;
        break;
      case "settings":
        this.heartbeatSeconds = step.heartbeatSeconds;
        this.taskHistoryLimit = step.taskHistoryLimit;
    }
    if (!this.hasMajority()) throw new Error(`the majority was lost by: ${JSON.stringify(step)}`);
  }

  private newId(): string {
    this.made += 1;
    return `node${this.made}`;
  }

  private host(name: string): SimulatedHost {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name}`);
    return host;
  }

  private node(step: { readonly name: string; readonly nodeId?: string }): SimulatedNode {
    const id = step.nodeId ?? this.host(step.name).engine?.nodeId;
    const node = this.nodes.find((candidate) => candidate.id === id);
    if (node === undefined) throw new Error(`there is no node ${step.name} ${id}`);
    return node;
  }

  private requireManager(name: string): void {
    const host = this.host(name);
    const node = this.nodes.find((candidate) => candidate.id === host.engine?.nodeId);
    if (node === undefined || !node.votes || !this.isAlive(node))
      throw new Error(`${name} is asked, but is no manager that lives`);
  }

  private requireIdle(name: string): void {
    const host = this.host(name);
    if (!host.up || host.broken === true || host.engine !== undefined) {
      throw new Error(`${name} cannot join: ${JSON.stringify(host)}`);
    }
  }

  private stateOf(host: SimulatedHost): HostSwarmState {
    if (!host.up) return { state: "unreachable" };
    if (host.broken === true) return { state: "error", detail: "certificate has expired" };
    const { engine } = host;
    if (engine === undefined) return { state: "inactive" };
    const node = this.nodes.find((candidate) => candidate.id === engine.nodeId);
    const isManager = node?.votes ?? true;
    return {
      state: "active",
      nodeId: engine.nodeId,
      isManager,
      ...(isManager ? { clusterId: engine.clusterId } : {}),
    };
  }

  private listed(node: SimulatedNode, leader: boolean): SwarmNode {
    const alive = this.isAlive(node);
    return {
      id: node.id,
      hostname: node.hostname,
      status: alive ? "ready" : "down",
      role: node.votes ? "manager" : "worker",
      ...(node.votes
        ? { managerReachability: alive ? ("reachable" as const) : ("unreachable" as const) }
        : {}),
      leader,
      availability: node.availability,
      labels: { ...node.labels },
      addr: "172.29.16.4",
    };
  }
}
