import { specFields } from "../service/concepts";
import type { PortPlan, ServicePlan } from "../plan";
import { compareText } from "../values/text-order";
import { type CloudChange, cloudChanges } from "./cloud";
import { type RouteChange, routeChanges } from "./routes";
import { fieldWords, type ServiceField } from "./service-fields";
import {
  type ObjectKind,
  objectKinds,
  type PlanSnapshot,
  type ServerSnapshot,
  type ServiceSnapshot,
  throughPhases,
} from "./snapshot";

/** What a change does to the tasks of a service. */
export type TaskEffect =
  /** The tasks stay. */
  | "none"
  /** One after the other; the others keep running. */
  | "one by one"
  /** A few at a time; the others keep running. */
  | "in groups"
  /** All are stopped at the same time. */
  | "all at once"
  /** The only task stops before the new one starts. */
  | "gap"
  /** Each task, or the only one, stops after the new one has started. */
  | "new first"
  /** A job runs once more. */
  | "job runs"
  /** The next run of a job with a schedule is as the change says. */
  | "next job"
  /** The service is removed and created, as a Swarm cannot change its kind. */
  | "recreated";

/** One difference between two snapshots. */
export type Change =
  | {
      readonly thing: "service";
      readonly change: "added" | "removed";
      readonly name: string;
      readonly image: string;
      /** `3 replicas`, `on every server`, `job`. */
      readonly mode: string;
    }
  | {
      readonly thing: "service";
      readonly change: "changed";
      readonly name: string;
      /** In words: `image`, `2 variables`, `replicas 2 → 3`. */
      readonly parts: readonly string[];
      readonly tasks: TaskEffect;
      /** Tasks that remain of a service that had several: one, or none. */
      readonly left?: 0 | 1;
    }
  | {
      readonly thing: "server";
      readonly change: Direction;
      readonly name: string;
      readonly role: string;
    }
  /** A port on the cluster hosts, `8081/tcp`: added is open to the world, removed is closed. */
  | { readonly thing: "port"; readonly change: "added" | "removed"; readonly name: string }
  | RouteChange
  | CloudChange
  /** A service can become root on its servers, by what it could not before. */
  | {
      readonly thing: "root access";
      readonly change: "added";
      /** The service. */
      readonly name: string;
      /** After the service's name: `mounts /var/run/docker.sock`. */
      readonly ways: readonly string[];
    }
  | { readonly thing: ObjectKind; readonly change: Direction; readonly name: string }
  /** A setting of the whole site. */
  | { readonly thing: "setting"; readonly change: Direction; readonly name: string };

/** What has become of a thing. */
export type Direction = "added" | "removed" | "changed";

/**
 * The changes from one snapshot to another, as far as the phases of the second one go.
 *
 * @param before undefined when nothing is there yet
 */
export function changesBetween(
  before: PlanSnapshot | undefined,
  after: PlanSnapshot,
): readonly Change[] {
  const old = before === undefined ? undefined : throughPhases(before, after.phases);
  const objects = objectKinds.flatMap((thing) =>
    differences(old?.objects[thing] ?? {}, after.objects[thing]).map(
      ({ name, change }): Change => ({ thing, change, name }),
    ),
  );
  // Everything of a new stage is new; its settings are not worth a line each.
  const settings = old === undefined ? [] : differences(old.settings, after.settings);
  const cloud = cloudChangesOf(old, after);
  const isTold = ({ thing, change, name }: Change): boolean =>
    thing === "server" &&
    change === "changed" &&
    cloud.some((other) => other.thing === "machine" && other.name === name);
  return [
    ...serverChanges(old?.servers ?? [], after.servers).filter((one) => !isTold(one)),
    ...cloud,
    ...serviceChanges(old?.services ?? [], after.services),
    ...rootAccessChanges(old?.services ?? [], after.services),
    ...portChanges(old?.services ?? [], after.services),
    ...routeChanges(old?.services ?? [], after.services),
    ...objects,
    ...settings.map(({ name, change }): Change => ({ thing: "setting", change, name })),
  ];
}

/** None if an older release wrote one of the snapshots. */
function cloudChangesOf(
  before: PlanSnapshot | undefined,
  after: PlanSnapshot,
): readonly CloudChange[] {
  if (after.cloud === undefined || (before !== undefined && before.cloud === undefined)) return [];
  return cloudChanges(before?.cloud, after.cloud);
}

/** Names that are in one of two records only, or have another content. In order. */
function differences(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly change: Direction }[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort(compareText)
    .flatMap((name) => {
      const [old, now] = [before[name], after[name]];
      if (old === now) return [];
      const change = old === undefined ? "added" : now === undefined ? "removed" : "changed";
      return [{ name, change }];
    });
}

function serverChanges(
  before: readonly ServerSnapshot[],
  after: readonly ServerSnapshot[],
): readonly Change[] {
  const contents = (servers: readonly ServerSnapshot[]) =>
    Object.fromEntries(servers.map(({ name, role, content }) => [name, `${role} ${content}`]));
  const role = (name: string): string =>
    [...after, ...before].find((server) => server.name === name)?.role ?? "";
  return differences(contents(before), contents(after)).map(({ name, change }) => ({
    thing: "server",
    change,
    name,
    role: role(name),
  }));
}

function serviceChanges(
  before: readonly ServiceSnapshot[],
  after: readonly ServiceSnapshot[],
): readonly Change[] {
  const names = [...before, ...after].map(({ name }) => name);
  return [...new Set(names)].sort(compareText).flatMap((name): Change[] => {
    const old = before.find((service) => service.name === name);
    const now = after.find((service) => service.name === name);
    if (old !== undefined && now !== undefined) return serviceChange(old, now);
    const [change, service] =
      old === undefined ? ["added" as const, now] : ["removed" as const, old];
    if (service === undefined) return [];
    return [{ thing: "service", change, name, image: service.image, mode: modeText(service.mode) }];
  });
}

function rootAccessChanges(
  before: readonly ServiceSnapshot[],
  after: readonly ServiceSnapshot[],
): readonly Change[] {
  return after.flatMap(({ name, rootAccess = [] }): Change[] => {
    const had = before.find((service) => service.name === name)?.rootAccess ?? [];
    const ways = rootAccess.filter((way) => !had.includes(way));
    return ways.length === 0 ? [] : [{ thing: "root access", change: "added", name, ways }];
  });
}

function serviceChange(old: ServiceSnapshot, now: ServiceSnapshot): Change[] {
  const fields = changedFields(old, now);
  if (fields.length === 0) return [];
  const left = redundancyLost(old.mode, now.mode);
  return [
    {
      thing: "service",
      change: "changed",
      name: now.name,
      parts: fields.map((field) => fieldText(field, old, now)),
      tasks: taskEffect(fields, old, now),
      ...(left === undefined ? {} : { left }),
    },
  ];
}

function changedFields(old: ServiceSnapshot, now: ServiceSnapshot): readonly ServiceField[] {
  const known = Object.keys(fieldWords) as ServiceField[];
  // A field that this version does not know has no words, and nothing is done about it.
  // Routes have lines of their own, as they change the gate and not the service.
  return known.filter((field) => field !== "routes" && changedParts(field, old, now).length > 0);
}

function changedParts(field: ServiceField, old: ServiceSnapshot, now: ServiceSnapshot) {
  return differences(old.fields[field] ?? {}, now.fields[field] ?? {});
}

/** A changed field in words. */
function fieldText(field: ServiceField, old: ServiceSnapshot, now: ServiceSnapshot): string {
  if (field === "mode") return modeChange(old.mode, now.mode);
  if (field === "ports") return portChange(old.ports, now.ports);
  const { word, plural } = fieldWords[field];
  if (plural === undefined) return word;
  const { length } = changedParts(field, old, now);
  return `${length} ${length === 1 ? word : plural}`;
}

function modeChange(old: ServicePlan["mode"], now: ServicePlan["mode"]): string {
  if (old.kind === "replicated" && now.kind === "replicated")
    return `replicas ${old.replicas} → ${now.replicas}`;
  if (old.kind === "job" && now.kind === "job")
    return old.schedule === now.schedule ? "retries" : "schedule";
  return `${modeText(old)} → ${modeText(now)}`;
}

function modeText(mode: ServicePlan["mode"]): string {
  switch (mode.kind) {
    case "global":
      return "on every server";
    case "replicated":
      return `${mode.replicas} replica${mode.replicas === 1 ? "" : "s"}`;
    case "job":
      return mode.schedule === undefined ? "job" : "job with a schedule";
  }
}

function portChange(old: readonly PortPlan[], now: readonly PortPlan[]): string {
  const text = ({ published, protocol }: PortPlan): string =>
    protocol === "tcp" ? String(published) : `${published}/${protocol}`;
  const [before, after] = [old.map(text), now.map(text)];
  const gone = before.filter((one) => !after.includes(one));
  const come = after.filter((one) => !before.includes(one));
  const word = gone.length > 1 || come.length > 1 ? "ports" : "port";
  // The same numbers, but another port in the container, or another mode.
  if (gone.length + come.length === 0) return "ports";
  if (come.length === 0) return `${word} ${gone.join(", ")} no longer`;
  if (gone.length === 0) return `new ${word} ${come.join(", ")}`;
  return `${word} ${gone.join(", ")} → ${come.join(", ")}`;
}

function taskEffect(
  fields: readonly ServiceField[],
  old: ServiceSnapshot,
  now: ServiceSnapshot,
): TaskEffect {
  if (old.mode.kind !== now.mode.kind) return "recreated";
  const replaces: Partial<Record<ServiceField, string>> = specFields;
  if (now.mode.kind === "job") {
    if (!fields.some((field) => field in replaces)) return "none";
    return now.mode.schedule === undefined ? "job runs" : "next job";
  }
  if (!fields.some((field) => replaces[field] === "tasks")) return "none";
  if (old.mode.kind === "replicated" && old.mode.replicas === 0) return "none";
  const replicas = now.mode.kind === "replicated" ? now.mode.replicas : undefined;
  if (replicas === 0) return "none";
  const { order, parallelism } = now.update;
  const together = parallelism === 0 || parallelism >= (replicas ?? Number.POSITIVE_INFINITY);
  if (together) {
    if (order === "start-first") return "new first";
    return replicas === 1 ? "gap" : "all at once";
  }
  return parallelism === 1 ? "one by one" : "in groups";
}

function redundancyLost(old: ServicePlan["mode"], now: ServicePlan["mode"]): 0 | 1 | undefined {
  if (now.kind !== "replicated" || now.replicas > 1) return undefined;
  const had = old.kind === "global" ? 2 : old.kind === "replicated" ? old.replicas : 0;
  return had > now.replicas ? (now.replicas === 0 ? 0 : 1) : undefined;
}

/** The servers' firewalls are open for all published ports, whichever service has them. */
function portChanges(
  before: readonly ServiceSnapshot[],
  after: readonly ServiceSnapshot[],
): readonly Change[] {
  const ports = differences(openPorts(before), openPorts(after));
  return [...ports]
    .sort((one, other) => Number.parseInt(one.name, 10) - Number.parseInt(other.name, 10))
    .flatMap(({ name, change }): Change[] =>
      change === "changed" ? [] : [{ thing: "port", change, name }],
    );
}

function openPorts(services: readonly ServiceSnapshot[]): Readonly<Record<string, string>> {
  const ports = services.flatMap((service) => service.ports);
  return Object.fromEntries(
    ports.map(({ published, protocol }) => [`${published}/${protocol}`, ""]),
  );
}
