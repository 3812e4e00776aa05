import type Dockerode from "dockerode";

import type { EngineServiceSpec } from "../../model/engine-api/service-spec";
import type { ServiceSpec } from "../../model/service/spec";
import { swarmServiceProvider } from "../../providers/swarm-service/provider";
import type {
  SwarmServiceInputs,
  SwarmServiceState,
} from "../../providers/swarm-service/service-state";
import { withEngine } from "../../providers/transport/engine";
import { withAnyManager } from "../../providers/transport/manager";
import { serviceSpec } from "../unit/model/service-specs";
import type { Lab } from "./lab";
import { inTask, type LabTask, runningTask, serverOf, taskImage, tasksOf } from "./service-lab";

/** In {@link taskImage}. */
export const busybox = "/bin/busybox";

/** A service that the provider made. */
export interface Made {
  readonly id: string;
  state: SwarmServiceState;
}

/** A service as the Swarm has it. */
export interface ServiceInspection {
  readonly Version: { readonly Index: number };
  readonly Spec: EngineServiceSpec;
  readonly Endpoint?: {
    readonly VirtualIPs?: readonly { readonly Addr?: string }[];
    readonly Ports?: readonly unknown[];
  };
  readonly UpdateStatus?: { readonly State?: string };
}

/** What {@link labServices} gives. */
export type LabServices = ReturnType<typeof labServices>;

/**
 * The services of a lab, made through the provider as a run of the program makes them.
 *
 * @param lab asked at each use: a suite starts its lab in `beforeAll`
 * @param command what the tasks run where a test says nothing else, a script of the shell
 */
export function labServices(lab: () => Lab, command: string) {
  /** Inputs in their normal form, as `check` answers them. */
  async function inputsOf(
    changes: Partial<ServiceSpec>,
    extra: Partial<SwarmServiceInputs> = {},
  ): Promise<SwarmServiceInputs> {
    const spec = serviceSpec({
      site: "lab.example",
      image: taskImage,
      entrypoint: ["/bin/sh", "-c"],
      command: [command],
      ...changes,
    });
    const input = { ...spec, revision: "1", managers: lab().hosts, ...extra } as SwarmServiceInputs;
    const checked = await swarmServiceProvider.check?.(input, input);
    expect(checked?.failures).toEqual([]);
    return checked?.inputs as SwarmServiceInputs;
  }

  async function create(inputs: SwarmServiceInputs): Promise<Made> {
    const { id, outs } = await swarmServiceProvider.create(inputs);
    return { id, state: outs as SwarmServiceState };
  }

  /** Creates a service that cannot run, and gives it with what is said of it. */
  async function createFailing(inputs: SwarmServiceInputs): Promise<Made & { message: string }> {
    const failed: unknown = await swarmServiceProvider.create(inputs).then(
      () => new Error(`${inputs.name} runs.`),
      (error: unknown) => error,
    );
    return failure(failed);
  }

  async function update(made: Made, inputs: SwarmServiceInputs): Promise<void> {
    const updated = await swarmServiceProvider.update?.(made.id, made.state, inputs);
    made.state = updated?.outs as SwarmServiceState;
  }

  /** Changes a service in a way that fails; gives what is said of it. */
  async function updateFailing(made: Made, inputs: SwarmServiceInputs): Promise<string> {
    const failed: unknown = await update(made, inputs).then(
      () => new Error(`${inputs.name} was changed.`),
      (error: unknown) => error,
    );
    const { state, message } = failure(failed);
    made.state = state;
    return message;
  }

  async function readInputs(made: Made): Promise<unknown> {
    return (await swarmServiceProvider.read?.(made.id, made.state))?.inputs;
  }

  async function remove(made: Made): Promise<void> {
    await swarmServiceProvider.delete?.(made.id, made.state);
  }

  /** The service as the Swarm has it. */
  async function inspectService(id: string): Promise<ServiceInspection> {
    return await withAnyManager(
      lab().hosts,
      (docker) => docker.getService(id).inspect() as Promise<never>,
      { repeatable: true },
    );
  }

  /** The container of a task, also of one that has ended. */
  async function containerOf(task: LabTask): Promise<Dockerode.ContainerInspectInfo> {
    const host = lab().hosts[await serverOf(lab(), task)];
    const id = task.Status.ContainerStatus?.ContainerID ?? "";
    if (host === undefined || id === "") throw new Error(`The task ${task.ID} has no container.`);
    return await withEngine(host, (docker) => docker.getContainer(id).inspect());
  }

  /** The running container of a service with one task. */
  async function inspectContainer(service: string): Promise<Dockerode.ContainerInspectInfo> {
    return await containerOf(await runningTask(lab(), service));
  }

  /** The tasks of a service that run and are to. */
  async function runningTasks(service: string): Promise<LabTask[]> {
    return (await tasksOf(lab(), service)).filter(
      ({ Status, DesiredState }) => Status.State === "running" && DesiredState === "running",
    );
  }

  /** What a shell in the running container prints. */
  async function shell(service: string, script: string): Promise<string> {
    return (await inTask(lab(), service, ["/bin/sh", "-c", script])).trim();
  }

  return {
    inputsOf,
    create,
    createFailing,
    update,
    updateFailing,
    readInputs,
    remove,
    inspectService,
    containerOf,
    inspectContainer,
    runningTasks,
    shell,
  };
}

/**
 * What a run that fails leaves in the program's state, and says. @throws what it is given, when it
 * is another error
 */
function failure(failed: unknown): Made & { message: string } {
  const { id, properties, message } = failed as {
    id?: string;
    properties?: SwarmServiceState;
    message: string;
  };
  if (id === undefined || properties === undefined) throw failed;
  return { id, state: properties, message };
}
