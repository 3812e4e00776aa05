import type Dockerode from "dockerode";

/** How long the local Docker Engine may take for one answer, milliseconds. */
const answerDeadline = 3000;

/** How long a container may take to run after its start, milliseconds. */
const startDeadline = 20_000;

/**
 * How long a server may take from its start to its first passed health check, milliseconds; checks
 * run every 10 s.
 */
const healthDeadline = 60_000;

/**
 * The state of a container on the local Docker Engine; `unknown` when the engine does not answer.
 */
export type ContainerState =
  | "running"
  | "created"
  | "restarting"
  | "removing"
  | "paused"
  | "exited"
  | "dead"
  | "missing"
  | "unknown";

/**
 * Reads the state of a container. Never throws: the state is `unknown` when the Docker Engine does
 * not answer.
 */
export async function inspectContainer(containerId: string): Promise<ContainerState> {
  try {
    const { State } = await engine().getContainer(containerId).inspect();
    return State.Status as ContainerState;
  } catch (error) {
    return (error as { statusCode?: number }).statusCode === 404 ? "missing" : "unknown";
  }
}

/**
 * Starts a container, or resumes a paused one, and waits until it runs. Does nothing when it
 * already runs.
 *
 * @returns its state before
 * @throws Error when the container is missing, the engine does not answer, or it does not run in
 *   time.
 */
export async function startContainer(
  containerName: string,
  containerId: string,
): Promise<ContainerState> {
  const end = Date.now() + startDeadline;
  let first: ContainerState | undefined;
  for (let attempt = 0; ; attempt++) {
    const state = await inspectContainer(containerId);
    first ??= state;
    if (state === "running") return first;
    if (state === "missing") {
      throw new Error(
        `The server ${containerName} is gone: its container was removed outside of Pulumi. ` +
          "Recreate it with `npm start` or `npx hive up --refresh`; its data is kept in a volume.",
      );
    }
    if (Date.now() > end || state === "unknown") {
      throw new Error(
        `The server ${containerName} is ${state === "unknown" ? "in an unknown state: the Docker Engine of this computer does not answer" : state}, ` +
          `and could not be started. Look at it with \`docker inspect ${containerName}\` and \`docker logs ${containerName}\`, then run again.`,
      );
    }
    if (attempt === 0) {
      const container = engine().getContainer(containerId);
      await (state === "paused" ? container.unpause() : container.start());
    } else {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/**
 * Waits until a started server is healthy, according to its container's health check: it has
 * booted, and sshd and its own Docker Engine run. A server that is not healthy in time, or has no
 * check, is not an error: resources that need it will report one.
 *
 * @returns whether it is healthy, as far as known
 */
export async function awaitHealth(containerId: string): Promise<boolean> {
  const end = Date.now() + healthDeadline;
  for (;;) {
    const { State: state } = await engine().getContainer(containerId).inspect();
    const health = state.Health?.Status ?? "healthy";
    if (health === "healthy") return true;
    if (Date.now() > end || !state.Running) return false;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The Docker Engine of this computer, at DOCKER_HOST or the default socket. */
function engine(): Dockerode {
  const Docker = require("dockerode") as typeof Dockerode;
  return new Docker({ timeout: answerDeadline });
}
