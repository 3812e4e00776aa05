import { lastRunLabel, scheduleLabel, siteLabel } from "../swarm/labels";
import type { EngineParts } from "./concept";
import { ofSwarm, type ServiceSpec } from "./concepts";
import type { EngineServiceSpec } from "../engine-api/service-spec";
import { engineMode } from "./mode";

/**
 * A service in its normal form as the Engine API's spec (`POST /services/create`).
 *
 * @param seen the observed service; fields that do not come from the plan are kept: the restart
 *   counter, so that nothing restarts without a reason, and the time of a scheduled job's last run
 * @param anew whether to recreate all tasks, even if nothing else changes
 */
export function toEngineSpec(
  spec: ServiceSpec,
  seen?: EngineServiceSpec,
  anew = false,
): EngineServiceSpec {
  const parts = ofSwarm
    .map(({ toEngine }) => toEngine(spec))
    .reduce<Required<EngineParts>>(
      (all, { service, task, container }) => ({
        service: { ...all.service, ...service },
        task: { ...all.task, ...task },
        container: { ...all.container, ...container },
      }),
      { service: {}, task: {}, container: {} },
    );
  const { mode } = spec;
  const schedule = mode.kind === "job" ? mode.schedule : undefined;
  // With a new schedule the job counts from this change: it has missed no earlier time.
  const lastRun =
    schedule !== undefined && seen?.Labels?.[scheduleLabel] === schedule
      ? seen.Labels[lastRunLabel]
      : undefined;
  return {
    ...parts.service,
    Name: spec.name,
    Labels: {
      ...parts.service.Labels,
      [siteLabel]: spec.site,
      ...(schedule === undefined ? {} : { [scheduleLabel]: schedule }),
      ...(lastRun === undefined ? {} : { [lastRunLabel]: lastRun }),
    },
    TaskTemplate: {
      ...parts.task,
      ContainerSpec: { ...parts.container, Image: spec.image },
      ForceUpdate: (seen?.TaskTemplate.ForceUpdate ?? 0) + (anew ? 1 : 0),
    },
    Mode: engineMode(mode),
  };
}
