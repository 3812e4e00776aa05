import { initializationLabels } from "../../model/initialization/record";
import type { HostAccess } from "../../providers/transport/host-access";
import { withAnyManager } from "../../providers/transport/manager";

/** A node of the Swarm as the Engine API tells it, as far as it is read. */
export interface ApiNode {
  readonly ID: string;
  readonly Description?: { readonly Hostname?: string };
  readonly Spec?: {
    readonly Availability?: string;
    readonly Role?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly Status?: { readonly State?: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability?: string };
}

/** A mount of a service as the Engine API tells it, as far as it is read. */
export interface ApiMount {
  readonly Type?: string;
  readonly Source?: string;
  readonly Target?: string;
  readonly VolumeOptions?: { readonly DriverConfig?: { readonly Name?: string } | null } | null;
}

/** A service as the Engine API tells it, as far as it is read. */
export interface ApiService {
  readonly ID: string;
  readonly CreatedAt?: string;
  readonly UpdatedAt?: string;
  readonly Spec?: {
    readonly Name?: string;
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Mode?: {
      readonly Global?: object;
      readonly Replicated?: { readonly Replicas?: number };
      readonly ReplicatedJob?: { readonly TotalCompletions?: number };
      readonly GlobalJob?: object;
    };
    readonly TaskTemplate?: {
      readonly ContainerSpec?: {
        readonly Image?: string;
        readonly Labels?: Readonly<Record<string, string>>;
        readonly Mounts?: readonly ApiMount[] | null;
      };
      readonly Placement?: { readonly Constraints?: readonly string[] | null };
      readonly Networks?: readonly object[] | null;
    };
    readonly EndpointSpec?: {
      readonly Mode?: string;
      readonly Ports?: readonly { readonly PublishMode?: string }[] | null;
    };
  };
  /** The run that a job is at. */
  readonly JobStatus?: { readonly JobIteration?: { readonly Index?: number } };
  readonly UpdateStatus?: {
    readonly State?: string;
    readonly StartedAt?: string;
    readonly CompletedAt?: string;
    readonly Message?: string;
  };
}

/** A task as the Engine API tells it, as far as it is read. */
export interface ApiTask {
  readonly ID: string;
  readonly ServiceID: string;
  readonly NodeID?: string;
  /** Number of the replica; 0 or absent for tasks of global services. */
  readonly Slot?: number;
  readonly DesiredState?: string;
  readonly JobIteration?: { readonly Index?: number };
  readonly CreatedAt?: string;
  readonly UpdatedAt?: string;
  readonly Spec?: {
    readonly ContainerSpec?: {
      readonly Image?: string;
      readonly Secrets?: readonly ApiFile[] | null;
      readonly Configs?: readonly ApiFile[] | null;
      readonly Mounts?: readonly ApiMount[] | null;
    };
  };
  readonly Status?: {
    readonly State?: string;
    readonly Timestamp?: string;
    readonly Err?: string;
    readonly Message?: string;
    readonly ContainerStatus?: { readonly ContainerID?: string; readonly ExitCode?: number };
  };
}

/** A secret or config in a task, as far as it is read; a config may have no place in it. */
export interface ApiFile {
  readonly File?: { readonly Name?: string } | null;
}

/** A config of the Swarm as the Engine API tells it; its content is not read. */
export interface ApiConfig {
  readonly ID: string;
  readonly CreatedAt?: string;
  readonly Spec?: { readonly Name?: string; readonly Labels?: Readonly<Record<string, string>> };
}

/** Configs that are records of initializations: others can be large, and say nothing here. */
const recordsOnly = JSON.stringify({ label: [initializationLabels.step] });

/** How long the managers may take to answer a run that has to know, seconds: through two rounds of an election. */
export const patientSeconds = 60;

/** What a manager knows. */
export interface SwarmFacts {
  readonly nodes: readonly ApiNode[];
  readonly services: readonly ApiService[];
  readonly tasks: readonly ApiTask[];
  /** Records of initializations. */
  readonly configs: readonly ApiConfig[];
}

/**
 * Asks any healthy manager for all that it knows.
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
