import type { EngineService } from "../engine-api/service";
import type { EngineTask } from "../engine-api/task";

/**
 * The services with fewer tasks that run than the Swarm wants, in words: `webgate 2 of 3`. Jobs end
 * by themselves and count for nothing. A task that its health check has not passed does not run.
 * Pure, and serialized into a dynamic provider.
 */
export function lackingTasks(
  services: readonly EngineService[],
  tasks: readonly EngineTask[],
): readonly string[] {
  return services.flatMap(({ ID: id, Spec: { Name: name, Mode: mode } }) => {
    const wanted = tasks.filter(
      ({ ServiceID: service, DesiredState: desired }) => service === id && desired === "running",
    );
    const count =
      mode.Replicated?.Replicas ?? (mode.Global === undefined ? undefined : wanted.length);
    if (count === undefined) return [];
    const running = wanted.filter(({ Status: { State: state } }) => state === "running").length;
    return running < count ? [`${name} ${running} of ${count}`] : [];
  });
}
