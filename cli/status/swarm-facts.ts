import type { NodeStatus, ServiceStatus } from "./report";

/** A node of the Swarm as the Engine API tells it, as far as it is read. */
export interface ApiNode {
  readonly ID: string;
  readonly Description?: { readonly Hostname?: string };
  readonly Spec?: { readonly Availability?: string; readonly Role?: string };
  readonly Status?: { readonly State?: string };
  readonly ManagerStatus?: { readonly Leader?: boolean };
}

/** A service as the Engine API tells it, as far as it is read. */
export interface ApiService {
  readonly ID: string;
  readonly Spec?: {
    readonly Name?: string;
    readonly Mode?: {
      readonly Global?: object;
      readonly Replicated?: { readonly Replicas?: number };
    };
    readonly TaskTemplate?: { readonly ContainerSpec?: { readonly Image?: string } };
  };
}

/** A task as the Engine API tells it, as far as it is read. */
export interface ApiTask {
  readonly ServiceID: string;
  readonly NodeID?: string;
  readonly DesiredState?: string;
  readonly UpdatedAt?: string;
  readonly Status?: { readonly State?: string; readonly Err?: string };
}

/** What a manager knows. */
export interface SwarmFacts {
  readonly nodes: readonly ApiNode[];
  readonly services: readonly ApiService[];
  readonly tasks: readonly ApiTask[];
}

/** The nodes by host name. */
export function nodesByHost(facts: SwarmFacts): ReadonlyMap<string, NodeStatus> {
  return new Map(
    facts.nodes.map((node) => [
      node.Description?.Hostname ?? node.ID,
      {
        manager: node.Spec?.Role === "manager",
        leader: node.ManagerStatus?.Leader === true,
        state: node.Status?.State ?? "unknown",
        availability: node.Spec?.Availability ?? "unknown",
      },
    ]),
  );
}

/**
 * How each service stands. A task counts as running only while its node answers: of a lost node, the manager still
 * shows the last thing it heard.
 *
 * @param endpoints by service name, from the stack's outputs
 */
export function serviceStatuses(
  facts: SwarmFacts,
  endpoints: Readonly<Record<string, readonly string[]>>,
): readonly ServiceStatus[] {
  const usable = new Map(facts.nodes.map((node) => [node.ID, node]));
  const ready = (id: string | undefined): boolean =>
    usable.get(id ?? "")?.Status?.State === "ready";
  const placeable = facts.nodes.filter((node) => node.Spec?.Availability === "active").length;
  const statuses = facts.services.map((service) => {
    const name = service.Spec?.Name ?? service.ID;
    const mode = service.Spec?.Mode ?? {};
    const tasks = facts.tasks.filter((task) => task.ServiceID === service.ID);
    const running = tasks.filter((task) => task.Status?.State === "running" && ready(task.NodeID));
    const kind =
      mode.Global !== undefined ? "global" : mode.Replicated !== undefined ? "replicated" : "job";
    const wanted = kind === "global" ? placeable : (mode.Replicated?.Replicas ?? 0);
    const error = running.length < wanted ? newestError(tasks) : undefined;
    return {
      name,
      mode: kind,
      wanted,
      running: running.length,
      image: service.Spec?.TaskTemplate?.ContainerSpec?.Image ?? "",
      hosts: running
        .map((task) => shortName(usable.get(task.NodeID ?? "")?.Description?.Hostname ?? "?"))
        .sort(),
      ...(error === undefined ? {} : { error }),
      endpoints: endpoints[name] ?? [],
    } satisfies ServiceStatus;
  });
  return statuses.sort((a, b) => a.name.localeCompare(b.name));
}

function newestError(tasks: readonly ApiTask[]): string | undefined {
  return tasks
    .filter((task) => task.Status?.Err !== undefined && task.Status.Err !== "")
    .sort((a, b) => (b.UpdatedAt ?? "").localeCompare(a.UpdatedAt ?? ""))[0]?.Status?.Err;
}

/** `p-hive0` of `p-hive0.hive.example`. */
export function shortName(host: string): string {
  return host.split(".")[0] ?? host;
}
