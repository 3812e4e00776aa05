import type Dockerode from "dockerode";
import type { EngineNode } from "../../model/engine-api/node";
import { sleep } from "../../providers/transport/deadline";
import type { HostAccess } from "../../providers/transport/host-access";
import { withAnyManager } from "../../providers/transport/manager";
import { Failure } from "../failure";
import { askSwarm, electionSeconds, shortName, type SwarmFacts } from "../swarm/facts";
import type { Terminal } from "../terminal";
import { drainProgress, nameOf, servicesOn } from "./drained-host";

/** A cluster server as a member of the Swarm. */
export interface Member {
  readonly managers: readonly HostAccess[];
  readonly node: EngineNode;
  /** The Swarm as it was when the server was looked for. */
  readonly facts: SwarmFacts;
}

/** How long tasks may take to move to other servers, seconds. */
const leaveSeconds = 300;
/** Time between two checks, seconds. */
const pauseSeconds = 1;

/** The Swarm's entry of a server; undefined if it has none. */
export function nodeNamed(nodes: readonly EngineNode[], name: string): EngineNode | undefined {
  return (
    nodes
      .filter((each) => nameOf(each) === name)
      // If a name has two entries, the dead one is about to be removed.
      .sort((left, right) => Number(isReady(right)) - Number(isReady(left)))[0]
  );
}

/** Whether a member answers the others. */
export function isReady({ Status }: EngineNode): boolean {
  return Status.State === "ready";
}

/** Lets a member take tasks, or moves them all away and keeps new ones away. */
export async function setAvailability(
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

/**
 * Waits until all tasks of a drained server run elsewhere and their volumes are released. Tasks
 * that no other server can run are told, and not waited for.
 *
 * @throws Failure when that takes too long; the server stays drained
 */
export async function untilEmpty(
  { managers, node, facts }: Member,
  stage: string,
  terminal: Terminal,
): Promise<void> {
  const short = shortName(nameOf(node));
  const moving = servicesOn(facts, node.ID);
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
          `\`npx hive status --stack ${stage}\` shows why. ${short} gets no tasks until \`npx hive undrain ${short}\`.`,
      );
    }
    if (text !== said) terminal.print(`  ${text}`);
    said = text;
    await sleep(pauseSeconds * 1000);
  }
}
