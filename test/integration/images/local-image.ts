import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs the docker command line; gives what it printed, standard error included. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run("docker", [...args], { timeout: 300_000 });
  return `${stdout}${stderr}`.trim();
}

/** A container of this computer's engine, made from a folder with a Dockerfile. */
export interface LocalContainer {
  /** Id of the container. */
  readonly id: string;
  /** Its address on the engine's bridge. */
  readonly address: string;
}

/** Builds the image; seconds when its layers are cached. @returns its id */
export async function buildLocally(folder: string): Promise<string> {
  const { stdout } = await run("docker", ["build", "--quiet", folder], { timeout: 300_000 });
  return stdout.trim();
}

/**
 * Starts a container; remove it with `docker rm --force`. @param args - what stands between
 * `docker run` and the image
 */
export async function startLocally(
  image: string,
  ...args: readonly string[]
): Promise<LocalContainer> {
  const id = await docker("run", "--detach", "--label", "hive.test=image", ...args, image);
  const address = await docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", id);
  return { id, address };
}

/** The container's processes. */
export async function processesOf(id: string): Promise<{ uid: number; command: string }[]> {
  const lines = (await docker("top", id, "-o", "pid,uid,args")).split("\n").slice(1);
  return lines.map((line) => {
    const [, uid, ...command] = line.trim().split(/\s+/);
    return { uid: Number(uid), command: command.join(" ") };
  });
}

/** What the engine says about the container: `healthy`, `starting` or `unhealthy`, waited for. */
export async function waitForHealth(id: string, seconds: number): Promise<string> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const health = await docker("inspect", "--format", "{{.State.Health.Status}}", id);
    if (health === "healthy" || Date.now() > end) return health;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
