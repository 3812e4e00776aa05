import { closeIdleConnections } from "../../providers/transport/pool";
import { confirm } from "../confirm";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { findHost } from "../hosts/host-name";
import { clusterAccess, readOutputs } from "../hosts/outputs";
import {
  isHalfReplaced,
  isNotMadeYet,
  reasonsNotToReplace,
  replacementText,
  serverResource,
} from "../hosts/replacement";
import { fetchMissingStageKey } from "../hosts/stage-key";
import { isReady, nodeNamed, setAvailability, untilEmpty } from "../hosts/swarm-member";
import { loadPlan } from "../plan";
import { openStack } from "../pulumi/open-stack";
import { asTheyAnswer } from "../swarm/answering";
import { askSwarm, electionSeconds, shortName } from "../swarm/facts";
import { processTerminal } from "../terminal";
import { up } from "./up";

/** Options of `hive replace`. */
export interface ReplaceOptions {
  readonly stack: string;
  readonly host: string;
  readonly yes: boolean;
  /** Also while another server is away, or while services have their only task on this one. */
  readonly force: boolean;
}

/**
 * `hive replace`: replaces one server by a new one. All tasks move away first. On a protected
 * stage, this server loses its protection for the run.
 */
export async function replace(options: ReplaceOptions): Promise<number> {
  const terminal = processTerminal();
  const plan = loadPlan(options.stack, "build");
  const host = findHost(plan.hosts, options.host);
  const short = shortName(host.name);
  const { replacement } = plan.traits;
  if (replacement === undefined) {
    throw new Failure(
      `hive does not make the servers of the stage ${options.stack} (hive:fleet: ${plan.fleet}), so it cannot replace ${short}. ` +
        "Install the server anew under the same address, with its admin user, and run " +
        `\`npx hive up --stack ${options.stack}\`. Nothing was changed.`,
      exitCodes.input,
    );
  }
  const stack = await openStack(options.stack);
  const outputs = readOutputs(options.stack, await stack.outputs());
  await fetchMissingStageKey(stack, outputs.operators);
  const { resources } = await stack.state();
  const server = serverResource(resources, host, replacement.serverType);
  const run = { stack: options.stack, refresh: false, yes: true };
  const managers = clusterAccess(outputs);
  const undrain = async (): Promise<void> => {
    const node = nodeNamed((await askSwarm(managers, electionSeconds)).nodes, host.name);
    if (node?.Spec.Availability === "drain") await setAvailability(managers, node.ID, "active");
  };
  if (isNotMadeYet(host, resources, replacement.serverType)) {
    throw new Failure(
      `${short} does not exist yet: \`npx hive up --stack ${options.stack}\` makes it. Nothing was changed.`,
      exitCodes.input,
    );
  }
  if (server === undefined || isHalfReplaced(server, resources)) {
    terminal.print(`A run was interrupted before ${short} was set up; this one goes on with it.`);
    return await up({ ...run, yes: options.yes, engineArguments: [] }, { afterRun: undrain });
  }

  const facts = await asTheyAnswer(managers, await askSwarm(managers, electionSeconds));
  const reasons = reasonsNotToReplace(facts, host.name);
  const list = reasons.map((reason) => `- ${reason}`).join("\n");
  if (reasons.length > 0 && !options.force) {
    throw new Failure(
      `${short} was not replaced; nothing was changed:\n${list}\n` +
        `\`npx hive status --stack ${options.stack}\` says more. With --force it is replaced all the same.`,
    );
  }
  if (reasons.length > 0) terminal.print(terminal.paint("yellow", `--force, although:\n${list}`));
  const text = replacementText(plan, host, facts);
  terminal.print(text);
  const question =
    server.isProtected === true
      ? { text: "It is protected. Type its name to go on:", expected: host.logicalName }
      : { text: "Go on? [y/N]" };
  if (!(await confirm(question, options.yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  const prepare = async (): Promise<void> => {
    const node = nodeNamed(facts.nodes, host.name);
    if (node !== undefined && isReady(node)) {
      terminal.print(`Moving all tasks away from ${short} …`);
      await setAvailability(managers, node.ID, "drain");
      await untilEmpty({ managers, node, facts }, options.stack, terminal);
      closeIdleConnections();
    }
    if (server.isProtected === true) await stack.setProtected(server.urn, false);
  };
  try {
    return await up(
      { ...run, engineArguments: ["--replace", server.urn] },
      { beforeRun: prepare, afterRun: undrain },
    );
  } catch (error) {
    if (server.isProtected === true) {
      const now = serverResource((await stack.state()).resources, host, replacement.serverType);
      // The next run protects it as well; what ended this one matters more.
      if (now !== undefined) await stack.setProtected(now.urn, true).catch(() => undefined);
    }
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      `${error.message}\nThe replacement of ${short} is not complete: \`npx hive replace ${short} --stack ${options.stack}\` goes on with it.`,
      error.exitCode,
    );
  }
}
