import type Dockerode from "dockerode";
import { sleep } from "../../providers/transport/deadline";
import type { HostAccess } from "../../providers/transport/host-access";
import { withAnyManager } from "../../providers/transport/manager";
import { closeIdleConnections } from "../../providers/transport/pool";
import { confirm } from "../confirm";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { drainProgress, nameOf, reasonsNotToDrain, servicesOn } from "../hosts/drained-host";
import { findHost } from "../hosts/host-name";
import { clusterAccess } from "../hosts/outputs";
import { stageOutputs } from "../hosts/stage-outputs";
import { askSwarm, electionSeconds, shortName } from "../swarm/facts";
import type { EngineNode } from "../../model/engine-api/node";
import { processTerminal } from "../terminal";

/** Options of `hive drain` and `hive undrain`. */
export interface DrainOptions {
  readonly stack: string;
  readonly host: string;
  readonly yes: boolean;
}

/** How long tasks may take to move to other servers, seconds. */
const leaveSeconds = 300;
/** Time between two checks, seconds. */
const pauseSeconds = 1;

/**
 * `hive drain`: moves all tasks away from a server and keeps new ones away. Ends when they run
 * elsewhere and their volumes are released.
 */
export async function drain(options: DrainOptions): Promise<number> {
  const terminal = processTerminal();
  const { managers, node, facts } = await memberOf(options);
  const [name, short] = [nameOf(node), shortName(nameOf(node))];
  const moving = servicesOn(facts, node.ID);
  if (node.Spec.Availability !== "drain") {
    const reasons = reasonsNotToDrain(facts.nodes, name);
    if (reasons.length > 0) {
      throw new Failure(
        `${short} was not drained; nothing was changed:\n${reasons.map((reason) => `- ${reason}`).join("\n")}\n` +
          `\`npx hive status --stack ${options.stack}\` says more. Run again when all other servers are reachable and take tasks.`,
      );
    }
    const text =
      moving.length === 0
        ? `${short} runs no task. It gets none until \`npx hive undrain ${short}\`. Go on? [y/N]`
        : `The tasks of ${moving.join(", ")} move away from ${short}; it gets no tasks until \`npx hive undrain ${short}\`. Go on? [y/N]`;
    if (!(await confirm({ text }, options.yes))) {
      terminal.print("Nothing was changed.");
      return exitCodes.ok;
    }
    await setAvailability(managers, node.ID, "drain");
  }
  let said = "";
  const end = Date.now() + leaveSeconds * 1000;
  for (;;) {
    const now = await askSwarm(managers, electionSeconds);
    const { onHost, short: few, waiting } = drainProgress(now, node.ID, moving, Date.now());
    if (onHost.length === 0 && few.length === 0) {
      if (waiting.length > 0)
        terminal.print(`  no other server can run ${waiting.join(", ")}: they wait for ${short}`);
      break;
    }
    const text = [
      ...(onHost.length === 0 ? [] : [`still on ${short}: ${onHost.join(", ")}`]),
      ...(few.length === 0 ? [] : [`not yet complete elsewhere: ${few.join(", ")}`]),
    ].join("; ");
    if (Date.now() > end) {
      throw new Failure(
        `Draining ${short} timed out after ${leaveSeconds} s; ${text}.\n` +
          `\`npx hive status --stack ${options.stack}\` shows why. ${short} gets no tasks until \`npx hive undrain ${short}\`.`,
      );
    }
    if (text !== said) terminal.print(`  ${text}`);
    said = text;
    await sleep(pauseSeconds * 1000);
  }
  closeIdleConnections();
  terminal.print(
    `${short} is drained: it runs no tasks and holds none of their volumes. \`npx hive undrain ${short}\` ends the drain.`,
  );
  return exitCodes.ok;
}

/** `hive undrain`: a server takes tasks again. */
export async function undrain(options: Omit<DrainOptions, "yes">): Promise<number> {
  const terminal = processTerminal();
  const { managers, node } = await memberOf(options);
  const short = shortName(nameOf(node));
  if (node.Spec.Availability === "active") {
    terminal.print(`${short} already takes tasks.`);
    return exitCodes.ok;
  }
  await setAvailability(managers, node.ID, "active");
  closeIdleConnections();
  terminal.print(
    `${short} takes tasks again. Global services start a task there now; other tasks stay where they are until their service is released again or another server is drained.`,
  );
  return exitCodes.ok;
}

/** A server as a member of the Swarm. @throws Failure when it is not a member */
async function memberOf({ stack, host }: Omit<DrainOptions, "yes">) {
  const outputs = await stageOutputs(stack);
  const managers = clusterAccess(outputs);
  const { name } = findHost(outputs.access, host);
  if (!managers.some((manager) => manager.name === name)) {
    throw new Failure(
      `${shortName(name)} is the repository server: it runs no services, so there is nothing to drain.`,
      exitCodes.input,
    );
  }
  const facts = await askSwarm(managers, electionSeconds);
  const node = facts.nodes
    .filter((each) => nameOf(each) === name)
    // If a name has two entries, the dead one is about to be removed.
    .sort((left, right) => Number(isReady(right)) - Number(isReady(left)))[0];
  if (node !== undefined) return { managers, node, facts };
  throw new Failure(
    `${shortName(name)} is not a member of the Swarm: \`npx hive up --stack ${stack}\` joins it.`,
  );
}

function isReady({ Status }: EngineNode): boolean {
  return Status.State === "ready";
}

async function setAvailability(
  managers: readonly HostAccess[],
  id: string,
  availability: "active" | "drain",
): Promise<void> {
  await withAnyManager(managers, async (docker) => {
    const node = docker.getNode(id);
    const { Version, Spec } = (await node.inspect()) as Dockerode.Node & {
      readonly Version: { readonly Index: number };
      readonly Spec: object;
    };
    await node.update({ version: Version.Index, ...Spec, Availability: availability });
  });
}
