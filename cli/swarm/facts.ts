import type { EngineNode } from "../../model/engine-api/node";
import type { EngineService } from "../../model/engine-api/service";
import type { EngineSwarmObject } from "../../model/engine-api/swarm-object";
import type { EngineTask } from "../../model/engine-api/task";
import { initializationLabels } from "../../model/initialization/record";
import type { HostAccess } from "../../providers/transport/host-access";
import { withAnyManager } from "../../providers/transport/manager";

/** Only configs that are records of initializations: others can be large and are not needed. */
const recordsOnly = JSON.stringify({ label: [initializationLabels.step] });

/**
 * How long a run waits for the managers, seconds: enough for two rounds of an election.
 */
export const electionSeconds = 60;

/** The state of the Swarm as a manager knows it. */
export interface SwarmFacts {
  readonly nodes: readonly EngineNode[];
  readonly services: readonly EngineService[];
  readonly tasks: readonly EngineTask[];
  /** Records of initializations. */
  readonly configs: readonly EngineSwarmObject[];
}

/**
 * Asks any healthy manager for the state of the Swarm.
 *
 * @param seconds limit for everything together
 * @throws TransportError if no manager with quorum answers in time
 */
export async function askSwarm(
  managers: readonly HostAccess[],
  seconds: number,
): Promise<SwarmFacts> {
  return await withAnyManager(
    managers,
    async (docker) => {
      const [nodes, services, tasks, configs] = await Promise.all([
        docker.listNodes() as Promise<SwarmFacts["nodes"]>,
        docker.listServices() as Promise<SwarmFacts["services"]>,
        docker.listTasks() as Promise<SwarmFacts["tasks"]>,
        docker.listConfigs({ filters: recordsOnly }) as Promise<unknown> as Promise<
          SwarmFacts["configs"]
        >,
      ]);
      return { nodes, services, tasks, configs };
    },
    { deadlineSeconds: seconds, repeatable: true },
  );
}

/** `p-hive0` of `p-hive0.hive.example`. */
export function shortName(host: string): string {
  return host.split(".")[0] ?? host;
}
