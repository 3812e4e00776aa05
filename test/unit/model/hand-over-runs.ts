import { isDeepStrictEqual } from "node:util";

import fc from "fast-check";

import { holdersOfHostPorts, stepBeforeStart } from "../../../model/service/hand-over";
import type { Holdings, HoldingService } from "../../../model/service/held";
import { whatItGave } from "../../../model/service/releasing";
import type { PortPlan } from "../../../model/plan";
import type { EngineNode } from "../../../model/engine-api/node";
import type { EngineTask } from "../../../model/engine-api/task";
import type { EngineServiceSpec } from "../../../model/engine-api/service-spec";
import { fromEngineSpec } from "../../../model/service/from-engine";
import type { ServiceMount, ServiceSpec } from "../../../model/service/spec";
import { toEngineSpec } from "../../../model/service/to-engine";
import { serviceSpec } from "./service-specs";

/**
 * Runs of a site's change on a small Swarm that is not there: every provider is a chain of steps,
 * each of which looks or writes, and the steps of all of them and of the Swarm are mixed in any
 * order. What a provider decides is the code under test; when it acts, the Swarm may be another one
 * than it saw.
 */

/** What a service has in a site; the only thing that differs between sites. */
export interface WantedService {
  readonly volumes: readonly string[];
  readonly ingress: readonly number[];
  readonly host: readonly number[];
  readonly mode: "replicated" | "job" | "global";
}

/** Services by name. No two have the same volume or port, as the plan's rules want it. */
export type Site = ReadonlyMap<string, WantedService>;

// Few things of each kind, so that most changes move some of them.
const names = ["a", "b", "c", "d"];
const volumes = ["v1", "v2"];
const ports = [81, 82];

/** Any site of up to four services: each volume and port has one holder, or none. */
export const anySite: fc.Arbitrary<Site> = fc
  .record({
    present: fc.subarray(names, { minLength: 2 }),
    modes: fc.array(fc.constantFrom("replicated", "replicated", "job", "global"), {
      minLength: 4,
      maxLength: 4,
    }),
    volumeOf: fc.array(fc.nat(names.length), { minLength: 2, maxLength: 2 }),
    portOf: fc.array(fc.tuple(fc.nat(names.length), fc.boolean()), { minLength: 2, maxLength: 2 }),
  })
  .map(({ present, modes, volumeOf, portOf }) => {
    const site = new Map<string, WantedService>();
    for (const name of present) {
      const index = names.indexOf(name);
      const own = volumes.filter((_, place) => volumeOf[place] === index);
      const mode = modes[index] as WantedService["mode"];
      const of = (ingress: boolean): number[] =>
        ports.filter((_, place) => portOf[place]?.[0] === index && portOf[place]?.[1] === ingress);
      site.set(name, {
        volumes: own,
        ingress: of(true),
        host: of(false),
        // A volume with one writer belongs to no service that runs everywhere.
        mode: mode === "global" && own.length > 0 ? "replicated" : mode,
      });
    }
    return site;
  });

function specOf(name: string, wanted: WantedService): ServiceSpec {
  const port = (published: number, mode: PortPlan["mode"]): PortPlan => ({
    target: 80,
    published,
    protocol: "tcp",
    mode,
  });
  const modes = {
    replicated: { kind: "replicated", replicas: 1 },
    job: { kind: "job", retries: 0 },
    global: { kind: "global" },
  } as const;
  return fromEngineSpec(
    toEngineSpec(
      serviceSpec({
        name,
        endpointMode: "vip",
        mode: modes[wanted.mode],
        mounts: wanted.volumes.map((source): ServiceMount => ({
          kind: "volume",
          source,
          target: `/${source}`,
          readOnly: false,
          driver: "hive-shared",
          driverOptions: {},
          noCopy: true,
        })),
        ports: [
          ...wanted.ingress.map((published) => port(published, "ingress")),
          ...wanted.host.map((published) => port(published, "host")),
        ],
      }),
    ),
  );
}

const nodes: readonly EngineNode[] = ["n1", "n2"].map((name) => ({
  ID: name,
  Description: { Hostname: name },
  Status: { State: "ready" },
  Spec: { Role: "manager", Availability: "active", Labels: {} },
}));

interface SimulatedService extends HoldingService {
  version: number;
  Spec: EngineServiceSpec;
  before: EngineServiceSpec | undefined;
}

interface SimulatedTask extends EngineTask {
  readonly ServiceID: string;
  readonly NodeID: string;
  readonly hostPorts: readonly string[];
  Status: { State: string };
  DesiredState: string;
}

/**
 * A Swarm in which all tasks of a service are changed in any order, as if at once. That two
 * roll-outs may wait for each other is `exchangesHostPorts`' business, and tried on real daemons.
 *
 * It does nothing by itself: each call of {@link move} is one small thing that its orchestrator or
 * an engine does.
 */
class SimulatedSwarm {
  readonly services: SimulatedService[] = [];
  readonly tasks: SimulatedTask[] = [];
  private counter = 0;

  look(): Holdings<SimulatedService> {
    // What stands in a spec is never changed, only replaced.
    return {
      services: this.services.map((service) => ({ ...service })),
      tasks: this.tasks.map((task) => ({ ...task })),
      nodes,
    };
  }

  create(spec: EngineServiceSpec): boolean {
    if (this.conflicts(spec, undefined)) return false;
    this.services.push({ ID: `s${this.counter++}`, version: 0, Spec: spec, before: undefined });
    return true;
  }

  /**
   * @returns whether it was done: not when another writer came in between, or a port is another
   *   one's
   */
  write({ ID, version }: SimulatedService, spec: EngineServiceSpec): boolean {
    const service = this.services.find((one) => one.ID === ID);
    if (service === undefined || service.version !== version || this.conflicts(spec, service))
      return false;
    service.before = service.Spec;
    service.Spec = spec;
    service.version += 1;
    return true;
  }

  remove(name: string): void {
    const index = this.services.findIndex(({ Spec }) => Spec.Name === name);
    if (index >= 0) this.services.splice(index, 1);
  }

  /** Takes a bad change back, as the Swarm does by itself. */
  rollBack(name: string): void {
    const service = this.services.find(({ Spec }) => Spec.Name === name);
    if (service?.before === undefined || service.Spec.Mode.ReplicatedJob !== undefined) return;
    // Only tasks that an update has made can fail it (swarmkit, `Updater`): what was suspended
    // stays so.
    if (this.placesOf(service).length === 0) return;
    service.Spec = service.before;
    service.before = undefined;
    service.version += 1;
  }

  /** All that could happen next. */
  moves(): (() => void)[] {
    const moves: (() => void)[] = [];
    for (const task of this.tasks) {
      if (task.DesiredState !== "running") {
        moves.push(() => this.tasks.splice(this.tasks.indexOf(task), 1));
      } else if (task.Status.State === "pending" && !this.isTaken(task)) {
        moves.push(() => (task.Status = { State: "running" }));
      }
      const fate = this.fateOf(task);
      if (task.DesiredState === "running" && fate !== "running") {
        moves.push(() => (task.DesiredState = fate));
      }
    }
    for (const service of this.services) {
      const isGlobal = service.Spec.Mode.Global !== undefined;
      for (const place of this.placesOf(service)) {
        // A task takes the place of another one when that has stopped; not of one that was told to
        // stop because none was wanted.
        const isTaken = this.tasks.some(
          ({ ServiceID, NodeID, DesiredState }) =>
            ServiceID === service.ID &&
            DesiredState !== "remove" &&
            (!isGlobal || NodeID === place),
        );
        if (!isTaken) moves.push(() => this.start(service, place));
      }
    }
    return moves;
  }

  private start(service: SimulatedService, place: string): void {
    this.tasks.push({
      ID: `t${this.counter++}`,
      ServiceID: service.ID,
      NodeID: place,
      DesiredState: "running",
      Status: { State: "pending" },
      Spec: service.Spec.TaskTemplate,
      hostPorts: hostPortsOf(service.Spec),
    });
  }

  private placesOf({ Spec: { Mode: mode, TaskTemplate: template } }: SimulatedService): string[] {
    if (mode.Global !== undefined) {
      const nowhere = (template.Placement?.Constraints ?? []).length > 0;
      return nowhere ? [] : nodes.map(({ ID }) => ID);
    }
    const count = mode.Replicated?.Replicas ?? mode.ReplicatedJob?.TotalCompletions ?? 1;
    // The scheduler takes any node.
    return count === 0 ? [] : [nodes[this.counter % nodes.length]?.ID ?? ""];
  }

  /** What a task is told to do. */
  private fateOf(task: SimulatedTask): "running" | "shutdown" | "remove" {
    const service = this.services.find(({ ID }) => ID === task.ServiceID);
    if (service === undefined || this.placesOf(service).length === 0) return "remove";
    const isCurrent =
      textOf(task.Spec) === textOf(service.Spec.TaskTemplate) &&
      task.hostPorts.join() === hostPortsOf(service.Spec).join();
    return isCurrent ? "running" : "shutdown";
  }

  private isTaken(task: SimulatedTask): boolean {
    return this.tasks.some(
      (other) =>
        other !== task &&
        other.NodeID === task.NodeID &&
        other.Status.State === "running" &&
        other.hostPorts.some((port) => task.hostPorts.includes(port)),
    );
  }

  private conflicts(spec: EngineServiceSpec, self: SimulatedService | undefined): boolean {
    const mine = spec.EndpointSpec?.Ports ?? [];
    return this.services.some(
      (other) =>
        other !== self &&
        (other.Spec.EndpointSpec?.Ports ?? []).some((theirs) =>
          mine.some(
            (port) =>
              port.PublishedPort === theirs.PublishedPort &&
              (port.PublishMode === "ingress" || theirs.PublishMode === "ingress"),
          ),
        ),
    );
  }
}

const texts = new WeakMap<object, string>();

/** The same for equal values; the order of keys is always the same here. */
function textOf(value: object | undefined): string {
  if (value === undefined) return "";
  const text = texts.get(value) ?? JSON.stringify(value);
  texts.set(value, text);
  return text;
}

function hostPortsOf(spec: EngineServiceSpec): string[] {
  return (spec.EndpointSpec?.Ports ?? [])
    .filter(({ PublishMode }) => PublishMode === "host")
    .map(({ PublishedPort }) => String(PublishedPort));
}

/** What a provider does, a step at a time; done when it ends. */
type Provider = Generator<undefined, void>;

/** As `changeAndTakeOver` and `create` do it. */
function* provide(swarm: SimulatedSwarm, wanted: ServiceSpec): Provider {
  for (;;) {
    const seen = swarm.look();
    yield;
    const step = stepBeforeStart(wanted, seen);
    if (step.kind === "refuse") throw new Error(step.message);
    if (step.kind === "suspend" || step.kind === "unpublish") swarm.write(step.service, step.spec);
    if (step.kind !== "none") {
      yield;
      continue;
    }
    const ownIn = ({ services }: Holdings<SimulatedService>): SimulatedService | undefined =>
      services.find(({ Spec }) => Spec.Name === wanted.name);
    const own = ownIn(swarm.look());
    if (whatItGave(own?.Spec.Labels) !== whatItGave(ownIn(seen)?.Spec.Labels)) continue;
    yield;
    const done =
      own === undefined
        ? swarm.create(toEngineSpec(wanted))
        : swarm.write(own, toEngineSpec(wanted, own.Spec));
    if (done) break;
  }
  for (;;) {
    yield;
    const holders = holdersOfHostPorts(wanted, swarm.look());
    if (holders.length === 0) return;
    yield;
    for (const { service, spec } of holders) swarm.write(service, spec);
  }
}

function* removeService(swarm: SimulatedSwarm, name: string): Provider {
  yield;
  swarm.remove(name);
}

/** @throws Error when a volume has two tasks that run */
function checkWriters(swarm: SimulatedSwarm): void {
  for (const volume of volumes) {
    const writers = swarm.tasks.filter(
      ({ Spec, Status }) =>
        Status.State === "running" &&
        Spec?.ContainerSpec?.Mounts?.some(({ Source }) => Source === volume) === true,
    );
    if (writers.length > 1) {
      throw new Error(
        `${volume} is written by ${writers.map(({ ID, ServiceID }) => `${ID} of ${ServiceID}`).join(" and ")}`,
      );
    }
  }
}

/**
 * Which of the services whose change fails at its end are rolled back by the Swarm, and in which
 * order all goes on.
 */
export interface Fate {
  readonly choices: readonly number[];
  readonly failing: readonly string[];
}

/** Any order of steps; with failures now and then. */
export const anyFate: fc.Arbitrary<Fate> = fc.record({
  choices: fc.array(fc.nat(1000), { minLength: 50, maxLength: 400 }),
  failing: fc.oneof(fc.constant([]), fc.subarray(names, { minLength: 1 })),
});

/**
 * Changes a site into another one: creates and changes at the same time, removes at the end, with a
 * check after each step.
 *
 * @throws Error when a volume has two writers, the run does not end, or the Swarm does not become
 *   what is wanted
 */
export function runChange(before: Site, after: Site, { choices, failing }: Fate): void {
  const swarm = new SimulatedSwarm();
  let index = 0;
  // When all is chosen, chance goes on (Knuth's multiplicative hash): any pattern could let
  // somebody wait for ever.
  const pick = <T>(some: readonly T[]): T => {
    const choice = choices[index] ?? Math.imul(index, 2654435761) >>> 8;
    index += 1;
    return some[choice % some.length] as T;
  };

  const finish = (first: Provider[], last: Provider[], failed: ReadonlySet<string>): void => {
    let going = first;
    let isLast = false;
    const broken = new Set(failed);
    for (let steps = 0; ; steps++) {
      checkWriters(swarm);
      if (steps > 5000) throw new Error("The run does not end.");
      if (going.length === 0 && !isLast) {
        going = last;
        isLast = true;
      }
      const moves = swarm.moves();
      if (going.length === 0 && moves.length === 0) return;
      const rollBacks = [...broken].map((name) => (): void => {
        broken.delete(name);
        swarm.rollBack(name);
      });
      const steppers = going.map((provider) => (): void => {
        if (provider.next().done === true) going = going.filter((one) => one !== provider);
      });
      // A failure shows when the provider's own steps are over.
      pick([...steppers, ...moves, ...(going.length < first.length || isLast ? rollBacks : [])])();
    }
  };
  const change = (site: Site): Provider[] =>
    [...site].map(([name, wanted]) => provide(swarm, specOf(name, wanted)));

  finish(change(before), [], new Set());
  // A service whose kind of mode changes is removed first: it is not this code's business.
  const same = new Map([...after].filter(([name, { mode }]) => sameMode(before.get(name), mode)));
  const removed = [...before.keys()].filter((name) => !same.has(name));
  finish(
    change(same),
    removed.map((name) => removeService(swarm, name)),
    new Set(failing),
  );
  if (failing.length > 0) {
    // The next run, which looks at what is there and finds all that differs.
    finish(change(same), [], new Set());
  }
  const wanted = [...same].map(([name, service]) => specOf(name, service));
  for (const spec of wanted) {
    const service = swarm.services.find(({ Spec }) => Spec.Name === spec.name);
    if (service === undefined || !isDeepStrictEqual(fromEngineSpec(service.Spec), spec)) {
      throw new Error(`${spec.name} is not as it is wanted.`);
    }
    const running = swarm.tasks.filter(
      ({ ServiceID, Status }) => ServiceID === service.ID && Status.State === "running",
    );
    if (running.length !== (spec.mode.kind === "global" ? nodes.length : 1)) {
      throw new Error(`${running.length} tasks of ${spec.name} run.`);
    }
  }
}

function sameMode(one: WantedService | undefined, mode: WantedService["mode"]): boolean {
  return one === undefined || one.mode === mode;
}
