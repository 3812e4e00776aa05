import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stageOf } from "../../model/stage/check-stage";
import { rehearsalNotice } from "../../rehearsal/notice";
import type { RehearsalName } from "../../rehearsal/options";
import { rehearsalOverlay, requireReadable } from "../../rehearsal/overlay";
import { dockerNetworks, requireFreeNetwork } from "../../rehearsal/private-network";
import { parseQuota, raiseQuota, type QuotaRequest } from "../../rehearsal/quota";
import { rehearsedRegion } from "../../rehearsal/region";
import {
  cleanRehearsal,
  rehearsalStatus,
  startRehearsal,
  stopRehearsal,
} from "../../rehearsal/rehearsal";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { loadPlan } from "../plan";
import { privateFolder, projectFolder, stageFolder } from "../project";
import { pulumiEnvironment } from "../pulumi/environment";
import { findScenario } from "../scenario/find-scenario";
import { runScenario } from "../scenario/run-scenario";
import { readStageFile, stageFileName } from "../stage-file";
import { processTerminal, type Terminal } from "../terminal";

/** What `hive rehearse` does. */
export interface RehearseOptions {
  readonly stage: string;
  /** Command of hive to run in the rehearsal, and its arguments; empty: `up`. */
  readonly words: readonly string[];
  /** In the place of a command: shows, stops or removes the rehearsal. */
  readonly action?: "status" | "stop" | "clean";
  /** In the place of a command: name or file of a scenario to run. */
  readonly scenario?: string;
  /** In the place of a command: a quota of the emulated account, as `ec2/L-0263D0A3=8`. */
  readonly raiseQuota?: string;
}

/** Where a rehearsal keeps its files. */
interface Folders {
  /** Name of the rehearsal on this computer: another clone's is another one. */
  readonly id: string;
  /** Of the emulated cloud. */
  readonly cloud: string;
  /** Stands for `.hive`: state, passphrase, logs. */
  readonly home: string;
  /** Stands for `Pulumi.<stage>.yaml`. */
  readonly file: string;
  /** The key that opens the servers. */
  readonly key: string;
  /** Of what scenarios found; stays when all else is removed. */
  readonly reports: string;
}

/** `hive rehearse`: a stage on AWS, on this computer. */
export async function rehearse(options: RehearseOptions): Promise<number> {
  const { stage, words, action } = options;
  const terminal = processTerminal();
  const scenario = options.scenario === undefined ? undefined : findScenario(options.scenario);
  const quota = options.raiseQuota === undefined ? undefined : quotaOf(options.raiseQuota);
  const plan = loadPlan(stageOf(stage), "show");
  if (plan.aws === undefined) {
    throw new Failure(
      `The stage ${stage} is not on AWS (hive:fleet: ${plan.fleet} in ${stageFileName(stage)}), so there is nothing to rehearse. ` +
        "Try the same site on the private stage: npx hive up",
      exitCodes.input,
    );
  }
  const folders = foldersOf(stage);
  const name = { id: folders.id, folder: folders.cloud };
  if (action === "status") return showStatus(name, terminal);
  if (action === "stop") {
    await stopRehearsal(name);
    terminal.print("The rehearsal is stopped. What it made is kept; the next command goes on.");
    return exitCodes.ok;
  }
  if (action === undefined) requireReadable(readStageFile(stage));
  await ensureTools();
  if (action === "clean") {
    await cleanRehearsal(name);
    // Together: what the configuration has encrypted opens with the passphrase in the home only.
    for (const path of [folders.home, folders.file]) rmSync(path, { recursive: true, force: true });
    terminal.print(
      "Nothing of the rehearsal is left on this computer but its images, logs and reports.",
    );
    return exitCodes.ok;
  }
  requireFreeNetwork(folders.id, plan.network.cidr, await dockerNetworks());
  // Not on standard output: that is the command's alone, for whoever reads its JSON.
  terminal.printError(rehearsalNotice.join("\n"));
  const region = rehearsedRegion(plan);
  const cloud = await startRehearsal({
    ...name,
    ...(region === undefined ? {} : { region }),
    lasting: true,
  });
  if (quota !== undefined) {
    await raiseQuota(cloud, quota);
    terminal.print(
      `The quota ${quota.code} of ${quota.service} is ${quota.value} now, in the rehearsal. At AWS, ask for it before you build there: it takes up to days.`,
    );
    return exitCodes.ok;
  }
  const overlay = rehearsalOverlay(readStageFile(stage), {
    endpoint: cloud.endpoint,
    computer: cloud.computer,
    publicKey: ensureKey(folders.key),
    previous: existsSync(folders.file) ? readFileSync(folders.file, "utf8") : undefined,
  });
  terminal.printError(
    [
      `Different from ${stageFileName(stage)}, which stays as it is:`,
      ...overlay.differences.map((line) => `  ${line}`),
      "",
    ].join("\n"),
  );
  writeFileSync(folders.file, overlay.text, { mode: 0o600 });
  for (const name of overlay.missingSecrets) await makeUpSecret(stage, name, folders);
  if (scenario === undefined) {
    const code = await runHive(stage, words.length === 0 ? ["up"] : words, folders);
    if (code !== exitCodes.ok) printProblems(name, terminal);
    return code;
  }
  // From here on, this process reads what the rehearsal wrote, and nothing of the stage itself.
  Object.assign(process.env, rehearsalVariables(stage, folders));
  return await runScenario(scenario, {
    ...{ stage, rehearsal: name, reports: folders.reports, terminal },
    runHive: (command, signal) =>
      runHive(stage, command, folders, signal === undefined ? {} : { signal }),
  });
}

function quotaOf(text: string): QuotaRequest {
  const quota = parseQuota(text);
  if (quota !== undefined) return quota;
  throw new Failure(
    `--raise-quota: ${text} is not a quota. Write the service, the code of the quota and the new value, as in ec2/L-0263D0A3=8 (8 Elastic IPs).`,
    exitCodes.input,
  );
}

function foldersOf(stage: string): Folders {
  const path = join(stageFolder(stage).path, "rehearsal");
  const digest = createHash("sha256").update(path).digest("hex").slice(0, 6);
  privateFolder(path);
  return {
    id: `${stage}-${digest}`,
    cloud: join(path, "cloud"),
    home: join(path, "home"),
    file: join(path, stageFileName(stage)),
    key: join(path, "operator"),
    reports: join(path, "reports"),
  };
}

/** Gets what only rehearsals need, and tells this process where it is. */
async function ensureTools(): Promise<void> {
  const script = join(projectFolder, "toolchain", "run.mjs");
  const { status } = spawnSync(
    process.execPath,
    [script, "--ensure", "rehearsal", "--", process.execPath, "--eval", ""],
    { stdio: "inherit" },
  );
  if (status !== 0)
    throw new Failure("What a rehearsal needs could not be made ready.", exitCodes.prerequisite);
  const { HIVE_REHEARSAL_PYTHON: python } = await pulumiEnvironment();
  if (python !== undefined) process.env["HIVE_REHEARSAL_PYTHON"] = python;
}

/** The operator's key of the rehearsal, made once. @returns its public half */
function ensureKey(file: string): string {
  if (!existsSync(file)) {
    const words = ["-q", "-t", "ed25519", "-N", "", "-C", "rehearsal", "-f", file];
    const { status, error, stderr } = spawnSync("ssh-keygen", words, { encoding: "utf8" });
    if (status !== 0)
      throw new Failure(
        `ssh-keygen could not make a key: ${error === undefined ? stderr.trim() : error.message}`,
      );
  }
  return readFileSync(`${file}.pub`, "utf8").trim();
}

/** Gives the rehearsal a value for a secret that the stage's own file has encrypted. */
async function makeUpSecret(stage: string, name: string, folders: Folders): Promise<void> {
  const path = `hive:secrets["${name}"]`;
  const words = ["pulumi", "--", "config", "set", "--secret", "--path", path];
  const input = randomBytes(24).toString("base64url");
  if ((await runHive(stage, words, folders, { input })) !== exitCodes.ok)
    throw new Failure(`The rehearsal could not get a made-up value for the secret ${name}.`);
}

/** What turns a command of hive to the rehearsal. */
function rehearsalVariables(
  stage: string,
  { home, file, key }: Folders,
): Readonly<Record<string, string>> {
  return {
    HIVE_HOME: home,
    HIVE_STAGE_FILE: file,
    HIVE_SSH_KEY: key,
    // What hive prints names the commands of the rehearsal.
    HIVE_REHEARSAL: stage,
  };
}

/**
 * Runs a command of hive in the rehearsal.
 *
 * @param input what it reads; absent: the terminal
 * @param signal ends it early
 * @returns its exit code
 */
async function runHive(
  stage: string,
  [command = "up", ...rest]: readonly string[],
  folders: Folders,
  { input, signal }: { readonly input?: string; readonly signal?: AbortSignal } = {},
): Promise<number> {
  mkdirSync(folders.home, { recursive: true, mode: 0o700 });
  // The user's own backend, keys and account have no part in it.
  const own = /^(PULUMI_(BACKEND_URL|CONFIG_PASSPHRASE.*|STACK)|AWS_.*|SSH_AUTH_SOCK)$/;
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name))),
    ...rehearsalVariables(stage, folders),
  };
  const program = join(projectFolder, "cli", "bin.js");
  const child = spawn(process.execPath, [program, command, "--stack", stage, ...rest], {
    stdio: [input === undefined ? "inherit" : "pipe", "inherit", "inherit"],
    env,
    // As Ctrl-C does.
    ...(signal === undefined ? {} : { signal, killSignal: "SIGINT" as const }),
  });
  child.stdin?.end(input);
  // Ctrl-C reaches both; the command decides how it ends. Another end is passed on to it.
  const leave = (): void => undefined;
  const end = (): void => void child.kill("SIGTERM");
  process.on("SIGINT", leave);
  process.on("SIGTERM", end);
  try {
    return await new Promise((resolve, reject) => {
      // That it is ended early is no error: it decides how.
      child.on("error", (error) => (error.name === "AbortError" ? undefined : reject(error)));
      child.once("close", (code) => {
        resolve(code ?? exitCodes.interrupted);
      });
    });
  } finally {
    process.off("SIGINT", leave);
    process.off("SIGTERM", end);
  }
}

/** Says what the runner could not make real: often the cause of what the command has reported. */
function printProblems(name: RehearsalName, terminal: Terminal): void {
  const { problems } = rehearsalStatus(name);
  if (problems.length === 0) return;
  terminal.printError(["The rehearsal could not make this real:", ...problems].join("\n"));
}

function showStatus(name: RehearsalName, terminal: Terminal): number {
  const { endpoint, isFollowed, running, problems } = rehearsalStatus(name);
  if (endpoint === undefined) {
    terminal.print("The rehearsal does not run.");
    return exitCodes.ok;
  }
  terminal.print(
    [
      `The emulated cloud answers on ${endpoint}.`,
      isFollowed
        ? `Instances that run: ${running.length === 0 ? "none" : running.join(", ")}`
        : "Its instances are not followed: the next command starts their runner again.",
      ...problems.map((problem) => `Not real yet: ${problem}`),
    ].join("\n"),
  );
  return problems.length === 0 && isFollowed ? exitCodes.ok : exitCodes.failed;
}
