import { runCommand } from "./command";
import {
  ensureCredentials,
  forgetAnswer,
  forgetCloud,
  openFolder,
  readPort,
  readReport,
  readSettings,
  writeSettings,
  type Credentials,
  type Settings,
} from "./folder";
import { ensureImages } from "./images";
import { endpointOf } from "./loopback";
import { checkName, checkOptions, type RehearsalName, type RehearsalOptions } from "./options";
import { freePort } from "./port";
import { endProcess, isRunning, startInBackground, untilReady } from "./processes";
import { computerIn, ensurePublicNetwork } from "./public-network";
import { cloudFolder, pythonEnvironment, rehearsalPython } from "./python";
import { RehearsalError } from "./rehearsal-error";

/** A rehearsal that runs: how its emulated cloud is used. */
export interface Rehearsal extends Credentials {
  /**
   * Address of the emulated cloud, on loopback, for all services of AWS. Its path is the access
   * key, so that it is a secret too, and a client with other credentials is let in.
   */
  readonly endpoint: string;
  /** Region that it stands for. */
  readonly region: string;
  /** Address of this computer as instances see it. */
  readonly computer: string;
  /** As {@link stopRehearsal}. */
  stop(): Promise<void>;
}

/** What runs of a rehearsal. */
export interface RehearsalStatus {
  /** Address of the emulated cloud without the key; undefined when it does not run. */
  readonly endpoint: string | undefined;
  /** Whether its instances are made real at the moment. */
  readonly isFollowed: boolean;
  /** Ids of the instances that ran at the last look. */
  readonly running: readonly string[];
  /** What could not be made real at the last look, in words. */
  readonly problems: readonly string[];
}

/** How long emulator and runner may take to come up, seconds; each takes about 4. */
const startSeconds = 90;

/** How long each may take to end before it is killed, seconds. */
const endSeconds = 15;

/** How long the containers may take to stop, or everything to be removed, seconds. */
const removalSeconds = 300;

/** How long a server may take to shut down, seconds. */
const shutdownSeconds = 30;

/**
 * Starts a rehearsal: an emulated AWS on this computer, and a runner that makes its instances real.
 * What was made under the same name before is still there; one that runs goes on as it is.
 *
 * @throws RehearsalError with the remedy when an option is wrong, the Python environment or Docker
 *   is missing, an image cannot be built, or a process does not come up
 */
export async function startRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const { id, folder, region, lasting } = checkOptions(options);
  const known = settingsOf(options);
  const python = rehearsalPython();
  openFolder(folder);
  const credentials = ensureCredentials(folder);
  const start = async (name: "emulator" | "runner", isReady: () => boolean): Promise<void> => {
    if (!isRunning(folder, name)) {
      forgetAnswer(folder, name);
      const args = ["-m", name, folder, ...(lasting ? [] : ["--until-stdin-closes"])];
      const env = pythonEnvironment();
      startInBackground(python, args, { folder, name, cwd: cloudFolder, env, lasting });
    }
    await untilReady(folder, name, startSeconds, isReady);
  };
  if (!isRunning(folder, "emulator")) {
    // The runner knows only the emulator that it was started with.
    await endProcess(folder, "runner", endSeconds);
    writeSettings(folder, {
      id,
      region,
      port: await freePort(known?.port),
      publicRange: await ensurePublicNetwork(id),
      images: await ensureImages(),
    });
  }
  await start("emulator", () => readPort(folder) !== undefined);
  await start("runner", () => readReport(folder) !== undefined);
  const { region: madeIn = region, publicRange = "" } = readSettings(folder) ?? {};
  return {
    ...credentials,
    endpoint: `${endpointOf(readPort(folder) ?? 0)}/${credentials.accessKeyId}`,
    region: madeIn,
    computer: computerIn(publicRange),
    stop: () => stopRehearsal({ id, folder }),
  };
}

/** What runs of a rehearsal. Changes nothing. */
export function rehearsalStatus(name: RehearsalName): RehearsalStatus {
  checkName(name);
  const { folder } = name;
  const port = isRunning(folder, "emulator") ? readPort(folder) : undefined;
  const isFollowed = isRunning(folder, "runner");
  const report = isFollowed ? readReport(folder) : undefined;
  return {
    endpoint: port === undefined ? undefined : endpointOf(port),
    isFollowed,
    running: report?.running ?? [],
    problems: report?.problems ?? [],
  };
}

/**
 * Stops a rehearsal: the emulated cloud ends, its instances shut down. Both keep their state; the
 * next start goes on from there. Can be repeated.
 */
export async function stopRehearsal(name: RehearsalName): Promise<void> {
  checkName(name);
  settingsOf(name);
  await endProcesses(name.folder);
  const docker = (...args: readonly string[]): Promise<string> =>
    runCommand("docker", args, { seconds: removalSeconds });
  const running = await docker("ps", "--quiet", "--filter", `label=hive.rehearsal=${name.id}`);
  if (running === "") return;
  await docker("stop", "--time", String(shutdownSeconds), ...running.split("\n"));
}

/**
 * Removes everything that a rehearsal made on this computer: processes, containers, networks,
 * disks, loop devices, and the emulated cloud's state. Its logs and the images stay. Can be
 * repeated, also where nothing is left.
 */
export async function cleanRehearsal(name: RehearsalName): Promise<void> {
  checkName(name);
  const { folder } = name;
  const settings = settingsOf(name);
  await endProcesses(folder);
  if (settings === undefined) return;
  // The images may have been removed since.
  writeSettings(folder, { ...settings, images: await ensureImages() });
  await runCommand(rehearsalPython(), ["-m", "runner", folder, "--clean"], {
    seconds: removalSeconds,
    cwd: cloudFolder,
    env: pythonEnvironment(),
  });
  forgetCloud(folder);
}

/**
 * The settings of an earlier start.
 *
 * @throws RehearsalError when the folder is another rehearsal's
 */
function settingsOf({ id, folder }: RehearsalName): Settings | undefined {
  const settings = readSettings(folder);
  if (settings !== undefined && settings.id !== id) {
    throw new RehearsalError(
      `${folder} belongs to the rehearsal "${settings.id}". Give "${id}" another folder, or clean "${settings.id}" first.`,
    );
  }
  return settings;
}

/** The runner first: it would take the emulator's end for trouble. */
async function endProcesses(folder: string): Promise<void> {
  await endProcess(folder, "runner", endSeconds);
  await endProcess(folder, "emulator", endSeconds);
}
