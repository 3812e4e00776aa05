import { connect } from "node:net";
import { recoveryOf } from "../../fleet/recoveries";
import { runChecked } from "../../providers/transport/command";
import { sleep } from "../../providers/transport/deadline";
import { isTransportError, messageOf } from "../../providers/transport/errors";
import type { HostAccess } from "../../providers/transport/host-access";
import { confirm } from "../confirm";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { stageOutputs } from "../hosts/stage-outputs";
import { loadPlan } from "../plan";
import { duration } from "../progress/view";
import { shortName } from "../swarm/facts";
import { processTerminal } from "../terminal";

/** Options of `hive stop`. */
export interface StopOptions {
  readonly stack: string;
  readonly yes: boolean;
}

/** How long a server may take to shut down, seconds: its engine gives containers 10, then stops. */
const shutdownSeconds = 120;
/** Time between two looks, seconds. */
const pauseSeconds = 2;
/** Servers that answer nothing so often, one time after the other, are silent. */
const silences = 2;
/** How long an answer may take, milliseconds. */
const dialMs = 3000;

/** `hive stop`: shuts all servers down, the repository server last. */
export async function stop({ stack, yes }: StopOptions): Promise<number> {
  const terminal = processTerminal();
  const plan = loadPlan(stack, "names");
  if (plan.traits.replacement === undefined) {
    throw new Failure(
      `hive does not make the servers of the stage ${stack} (hive:fleet: ${plan.fleet}), so it could not start them again. ` +
        "Switch them off by hand: the cluster servers first, the repository server last. Nothing was changed.",
      exitCodes.input,
    );
  }
  const fleet = recoveryOf(plan);
  const { hosts, access } = await stageOutputs(stack);
  // A Docker Engine says what is off. Other servers only answer or not.
  const silent = fleet === undefined ? await silentOnes(access) : [];
  if (fleet === undefined && silent.length === access.length)
    throw nobodyAnswers(stack, plan.traits.sshSources);
  const warning =
    silent.length === 0 ? undefined : terminal.paint("yellow", silent.map(notStopped).join("\n"));
  if (warning !== undefined) terminal.print(warning);
  const stopped = hosts.filter(({ name }) => !silent.includes(name));
  const which =
    silent.length === 0 ? `All ${hosts.length}` : `${stopped.length} of ${hosts.length}`;
  const text = `${which} servers of the stage ${stack} are switched off. Nothing is lost; the site is away until \`npx hive start --stack ${stack}\`. Go on? [y/N]`;
  if (!(await confirm({ text }, yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  const started = Date.now();
  for (const role of ["cluster", "repository"]) {
    const names = stopped.filter((host) => host.role === role).map(({ name }) => name);
    if (names.length === 0) continue;
    terminal.print(`Stopping ${names.map(shortName).join(", ")} …`);
    if (fleet === undefined) {
      const servers = access.filter(({ name }) => names.includes(name));
      await stopAll(servers, stack);
    } else await fleet.stop(names);
  }
  const what = silent.length === 0 ? `The ${stack} stage is stopped` : "What answered is stopped";
  terminal.print(
    `${what} after ${duration(Date.now() - started)}. \`npx hive start --stack ${stack}\` starts it again.`,
  );
  // Again, where it is read last: such a server may be on, and cost money.
  if (warning !== undefined) terminal.print(warning);
  return exitCodes.ok;
}

/** The servers that do not answer at the start, by name. */
async function silentOnes(servers: readonly HostAccess[]): Promise<readonly string[]> {
  const looks = await Promise.all(servers.map(isSilent));
  return servers.filter((_, index) => looks[index] === true).map(({ name }) => name);
}

/** What is said of a server that does not answer while others do. */
function notStopped(name: string): string {
  return `${shortName(name)} did not answer; it was not stopped from here. It is off, or this network does not reach it.`;
}

/** Off, or out of reach: from here that is the same. */
function nobodyAnswers(stage: string, sshSources: string | undefined): Failure {
  const network =
    sshSources === undefined
      ? "this network does not reach them"
      : `this network is not one of ${sshSources}`;
  return new Failure(
    `No server of the stage ${stage} answers from here: all are off already, or ${network}, or a VPN is down. Nothing was changed.`,
  );
}

/** Shuts servers down side by side. @throws Failure that names the ones that are still on */
async function stopAll(servers: readonly HostAccess[], stage: string): Promise<void> {
  const results = await Promise.allSettled(servers.map(shutDown));
  const failed = results.flatMap((result, index) =>
    result.status === "rejected"
      ? [`  ${shortName(servers[index]?.name ?? "")}: ${messageOf(result.reason)}`]
      : [],
  );
  if (failed.length > 0) {
    throw new Failure(
      `These servers are not off:\n${failed.join("\n")}\n` +
        `\`npx hive stop --stack ${stage}\` goes on, \`npx hive start --stack ${stage}\` starts all again.`,
    );
  }
}

/**
 * Shuts a server that answers down from inside.
 *
 * @throws Error when it still answers after the deadline
 */
async function shutDown(server: HostAccess): Promise<void> {
  try {
    await runChecked(server, "sudo systemctl --no-block poweroff", { deadlineSeconds: 20 });
  } catch (error) {
    // The connection may end before the answer; whether it is off is seen below.
    if (!isTransportError(error, "lost", "deadline")) throw error;
  }
  const end = Date.now() + shutdownSeconds * 1000;
  while (!(await isSilent(server))) {
    if (Date.now() > end) throw new Error(`it still answers after ${shutdownSeconds} s`);
    await sleep(pauseSeconds * 1000);
  }
}

/**
 * Whether nothing answers on a server's SSH port: one that was told to shut down is off then. A
 * refusal is an answer: its SSH daemon has ended, and the rest of it is still about to shut down.
 */
async function isSilent({ address, port }: HostAccess): Promise<boolean> {
  for (let silent = 0; silent < silences; silent += 1)
    if (await answers(address, port)) return false;
  return true;
}

/** Whether a connection is taken, or refused. */
function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: dialMs });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", end(true));
    socket.once("timeout", end(false));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => end(code === "ECONNREFUSED")());
  });
}
