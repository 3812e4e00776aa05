/** Whether a service has become what it is to be: decided from what an engine lists. Pure. */

/** A task as `GET /tasks` lists it, as far as it is read. */
export interface EngineTask {
  readonly ID: string;
  readonly NodeID?: string;
  /** Number of the replica; absent or 0 for tasks of global services. */
  readonly Slot?: number;
  readonly DesiredState: string;
  readonly Status: {
    readonly State: string;
    readonly Timestamp?: string;
    readonly Err?: string;
    readonly Message?: string;
  };
  readonly Spec?: { readonly ContainerSpec?: unknown; readonly ForceUpdate?: number };
}

/** A node as `GET /nodes` lists it, as far as it is read. */
export interface EngineNode {
  readonly ID: string;
  readonly Description: { readonly Hostname: string };
  readonly Status: { readonly State: string };
  readonly Spec: { readonly Availability: string };
}

/** A service as `GET /services/<id>` gives it, as far as it is read. */
export interface EngineService {
  readonly Spec: {
    readonly TaskTemplate: { readonly ContainerSpec: unknown; readonly ForceUpdate?: number };
    readonly Mode: {
      readonly Global?: unknown;
      readonly Replicated?: { readonly Replicas?: number };
    };
  };
  readonly UpdateStatus?: { readonly State?: string; readonly Message?: string };
}

/** How far a service is. */
export type ServiceProgress =
  | { readonly kind: "converged" }
  | {
      readonly kind: "waiting";
      /** What is missing, for the error if it stays so: `2 of 3 tasks run`. */
      readonly detail: string;
    }
  | {
      readonly kind: "failed";
      readonly detail: string;
      /** Tasks whose failure is the reason, newest first. */
      readonly tasks: readonly EngineTask[];
    };

/** After so many failed tasks in the same place a new service is given up. */
const attemptsPerPlace = 3;

/** States in which a task has ended badly. */
const badEnds = ["failed", "rejected", "orphaned"];
/** States that a task does not leave. */
const ends = [...badEnds, "complete", "shutdown", "remove"];

/**
 * Decides how far a service is.
 *
 * @param service with its state of an update, if there is one
 * @param tasks all of its tasks
 * @param nodes all nodes of the Swarm
 * @param updated whether it was changed just now; else the end of an earlier update says nothing
 * @param same compares two plain values regardless of the order of keys
 */
export function serviceProgress(
  service: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
  updated: boolean,
  same: (a: unknown, b: unknown) => boolean,
): ServiceProgress {
  const template = service.Spec.TaskTemplate;
  const current = tasks.filter(
    ({ Spec }) =>
      same(Spec?.ContainerSpec, template.ContainerSpec) &&
      (Spec?.ForceUpdate ?? 0) === (template.ForceUpdate ?? 0),
  );
  const state = service.UpdateStatus?.State ?? "";
  switch (state) {
    case "updating":
      return waiting("the update is being rolled out", current);
    case "rollback_started":
      return waiting("the update failed and is being rolled back", tasks);
    case "paused":
    case "rollback_paused":
    case "rollback_completed": {
      if (!updated) break;
      const what =
        state === "rollback_completed"
          ? "the update failed and was rolled back"
          : `the update is ${state}`;
      return {
        kind: "failed",
        detail: `${what} (${service.UpdateStatus?.Message ?? "no reason given"})`,
        tasks: failuresOf(tasks),
      };
    }
  }
  const running = current.filter(isRunning);
  const wanted = missingPlaces(service, running, nodes);
  if (wanted.missing === 0) {
    return { kind: "converged" };
  }
  const failures = failuresOf(current);
  if (attemptsInWorstPlace(failures) >= attemptsPerPlace) {
    return { kind: "failed", detail: "its tasks end again and again", tasks: failures };
  }
  return waiting(wanted.detail, current);
}

/**
 * Whether a roll-out waits for a task on a host that was lost. The engine's updater waits for such a task for ever, if it
 * had turned to it before the loss was noticed; begun anew, it leaves that host out.
 */
export function waitsForLostHost(
  service: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
): boolean {
  const lost = nodes.filter(({ Status }) => Status.State !== "ready").map(({ ID }) => ID);
  return (
    service.UpdateStatus?.State === "updating" &&
    tasks.some(
      ({ NodeID, Status }) =>
        NodeID !== undefined && lost.includes(NodeID) && !ends.includes(Status.State),
    )
  );
}

/** Tasks that have ended badly, newest first. */
export function failuresOf(tasks: readonly EngineTask[]): readonly EngineTask[] {
  return tasks
    .filter(({ Status }) => badEnds.includes(Status.State))
    .sort((a, b) => ((a.Status.Timestamp ?? "") < (b.Status.Timestamp ?? "") ? 1 : -1));
}

/** How many running tasks are missing, and where. */
function missingPlaces(
  service: EngineService,
  running: readonly EngineTask[],
  nodes: readonly EngineNode[],
): { readonly missing: number; readonly detail: string } {
  if (service.Spec.Mode.Global === undefined) {
    const replicas = service.Spec.Mode.Replicated?.Replicas ?? 1;
    return {
      missing: Math.abs(replicas - running.length),
      detail: `${running.length} of ${replicas} tasks run`,
    };
  }
  const eligible = nodes.filter(
    ({ Status, Spec }) => Status.State === "ready" && Spec.Availability === "active",
  );
  const without = eligible.filter(({ ID }) => !running.some(({ NodeID }) => NodeID === ID));
  const names = without.map(({ Description }) => Description.Hostname).join(", ");
  return { missing: without.length, detail: `no task runs on ${names}` };
}

/** A task that runs and is meant to. */
function isRunning(task: EngineTask): boolean {
  return task.DesiredState === "running" && task.Status.State === "running";
}

/** The largest number of failures of one replica or on one node. */
function attemptsInWorstPlace(failures: readonly EngineTask[]): number {
  const counts = new Map<string, number>();
  for (const { Slot, NodeID } of failures) {
    const place = Slot === undefined || Slot === 0 ? (NodeID ?? "") : String(Slot);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

/** What is missing, with what the newest unfinished task says about it. */
function waiting(detail: string, tasks: readonly EngineTask[]): ServiceProgress {
  const words = tasks
    .filter(({ DesiredState, Status }) => DesiredState === "running" && Status.State !== "running")
    .map(({ Status }) =>
      Status.Err === undefined || Status.Err === "" ? Status.State : Status.Err,
    );
  const unique = [...new Set(words)];
  return {
    kind: "waiting",
    detail: unique.length === 0 ? detail : `${detail} (${unique.join("; ")})`,
  };
}
