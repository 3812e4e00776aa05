import { readPort, readSettings, ensureCredentials } from "./folder";
import { runCommand } from "./command";
import { endpointOf } from "./loopback";
import type { RehearsalName } from "./options";

/** An instance that exists in a rehearsal, running or not. */
export interface RehearsedInstance {
  /** As EC2 names it: `i-…`. */
  readonly id: string;
  /** Of the container that it is. */
  readonly container: string;
  readonly privateAddress: string;
}

/** How long the Docker Engine or the emulated cloud may take to answer, seconds. */
const answerSeconds = 60;

/** The instances of a rehearsal. */
export async function rehearsedInstances({
  id,
}: RehearsalName): Promise<readonly RehearsedInstance[]> {
  const mine = ["--filter", `label=hive.rehearsal=${id}`];
  const listed = await docker(
    ...["ps", "--all", "--quiet", ...mine, "--filter", "label=hive.rehearsal.kind=instance"],
  );
  if (listed === "") return [];
  const address = "{{range .NetworkSettings.Networks}}{{.IPAMConfig.IPv4Address}}{{end}}";
  const found = await docker("inspect", "--format", `{{.Name}} ${address}`, ...listed.split("\n"));
  return found.split("\n").map((line) => {
    const [name = "", privateAddress = ""] = line.split(" ");
    const container = name.replace(/^\//, "");
    return { id: container.replace(/^.*-(i-[0-9a-f]+)$/, "$1"), container, privateAddress };
  });
}

/**
 * Takes the power from instances, all at once. The runner sees it, and EC2 then says that they are
 * stopped.
 */
export async function killInstances(instances: readonly RehearsedInstance[]): Promise<void> {
  if (instances.length === 0) return;
  const containers = instances.map(({ container }) => container);
  const running = (await docker("inspect", "--format", "{{.State.Running}}", ...containers)).split(
    "\n",
  );
  // Docker refuses to kill one that is stopped already.
  const alive = containers.filter((_container, index) => running[index] === "true");
  if (alive.length > 0) await docker("kill", ...alive);
}

/** Shuts instances down, or starts them, as their owner does it in EC2. */
export async function powerInstances(
  { folder }: RehearsalName,
  action: "StartInstances" | "StopInstances",
  instances: readonly RehearsedInstance[],
): Promise<void> {
  if (instances.length === 0) return;
  const port = readPort(folder);
  if (port === undefined) throw new Error("The rehearsal does not run: hive rehearse starts it.");
  const { accessKeyId } = ensureCredentials(folder);
  const region = readSettings(folder)?.region ?? "";
  const ids = instances.map(({ id }, index) => [`InstanceId.${index + 1}`, id] as const);
  const response = await fetch(`${endpointOf(port)}/`, {
    method: "POST",
    headers: {
      // The emulator reads key and service from it, and does not check signatures. It takes this
      // agent for the runner: such calls are no part of the program, and get no faults.
      Authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=none`,
      "User-Agent": "hive-rehearsal-runner",
    },
    body: new URLSearchParams({
      Action: action,
      Version: "2016-11-15",
      ...Object.fromEntries(ids),
    }),
    signal: AbortSignal.timeout(answerSeconds * 1000),
  });
  if (!response.ok) {
    const text = (await response.text()).slice(0, 400);
    throw new Error(`The emulated AWS refused ${action}: ${response.status} ${text}`);
  }
}

function docker(...args: readonly string[]): Promise<string> {
  return runCommand("docker", args, { seconds: answerSeconds });
}
