import { closeIdleConnections } from "../../providers/transport/pool";
import { confirm } from "../confirm";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { nameOf, reasonsNotToDrain, servicesOn } from "../hosts/drained-host";
import { findHost } from "../hosts/host-name";
import { clusterAccess } from "../hosts/outputs";
import { stageOutputs } from "../hosts/stage-outputs";
import { type Member, nodeNamed, setAvailability, untilEmpty } from "../hosts/swarm-member";
import { asTheyAnswer } from "../swarm/answering";
import { askSwarm, electionSeconds, shortName } from "../swarm/facts";
import { processTerminal } from "../terminal";

/** Options of `hive drain` and `hive undrain`. */
export interface DrainOptions {
  readonly stack: string;
  readonly host: string;
  readonly yes: boolean;
}

/**
 * `hive drain`: moves all tasks away from a server and keeps new ones away. Ends when they run
 * elsewhere and their volumes are released.
 */
export async function drain(options: DrainOptions): Promise<number> {
  const terminal = processTerminal();
  const member = await memberOf(options);
  const { managers, node, facts } = member;
  const [name, short] = [nameOf(node), shortName(nameOf(node))];
  const moving = servicesOn(facts, node.ID);
  if (node.Spec.Availability !== "drain") {
    const { nodes } = await asTheyAnswer(managers, facts);
    const reasons = reasonsNotToDrain(nodes, name);
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
  await untilEmpty(member, options.stack, terminal);
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
async function memberOf({ stack, host }: Omit<DrainOptions, "yes">): Promise<Member> {
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
  const node = nodeNamed(facts.nodes, name);
  if (node !== undefined) return { managers, node, facts };
  throw new Failure(
    `${shortName(name)} is not a member of the Swarm: \`npx hive up --stack ${stack}\` joins it.`,
  );
}
