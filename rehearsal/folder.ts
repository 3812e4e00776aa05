import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { RehearsalImages } from "./images";
import { RehearsalError } from "./rehearsal-error";

/** The only access key that the emulated cloud takes. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What emulator and runner read (`cloud/emulator/__main__.py`, `cloud/runner/__main__.py`). */
export interface Settings {
  readonly id: string;
  readonly region: string;
  /** The port of loopback that the emulator listens on. */
  readonly port: number;
  /** Where public addresses come from. */
  readonly publicRange: string;
  readonly images: RehearsalImages;
}

/** What the runner reports after a look. */
export interface Report {
  readonly running: readonly string[];
  readonly problems: readonly string[];
}

/** Makes the folder of a rehearsal, which is its owner's alone. */
export function openFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

/** The access key of a rehearsal, made at its first start. */
export function ensureCredentials(folder: string): Credentials {
  const file = join(folder, "credentials.json");
  const known = readJson<Credentials>(file);
  if (known !== undefined) return known;
  const made = {
    // Of the length of those of AWS; 80 random bits.
    accessKeyId: `AKIA${base32(16)}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
  };
  writeJson(file, made);
  return made;
}

/** Random letters and digits, as in an access key id. */
function base32(length: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return [...randomBytes(length)].map((byte) => alphabet.charAt(byte % alphabet.length)).join("");
}

/** The settings of the last start; undefined when it was never started. */
export function readSettings(folder: string): Settings | undefined {
  return readJson(join(folder, "settings.json"));
}

/** Writes the settings for the next start. */
export function writeSettings(folder: string, settings: Settings): void {
  writeJson(join(folder, "settings.json"), settings);
}

/** The port that the emulator says it listens on; undefined until then. */
export function readPort(folder: string): number | undefined {
  return readJson<{ port: number }>(join(folder, "emulator.json"))?.port;
}

/** An error that the emulated cloud answers with. */
export interface Fault {
  /** Its code, for example `RequestLimitExceeded`. */
  readonly code: string;
  readonly message: string;
  /** Status of HTTP, 400 to 599: AWS throttles with 503, and most clients try that again. */
  readonly status: number;
  /** How many calls get it; those after them are done. */
  readonly times: number;
}

/**
 * Sets the errors that the emulated cloud answers with from now on, in the place of earlier ones.
 *
 * @param faults - by call, for example `ec2:RunInstances`, or `ec2:*` for all of a service
 * @throws RehearsalError that names a call or status that is not valid
 */
export function setFaults(folder: string, faults: Readonly<Record<string, Fault>>): void {
  for (const [call, { status }] of Object.entries(faults)) {
    if (!/^[a-z0-9]+:(\*|[A-Za-z0-9]+)$/.test(call)) {
      throw new RehearsalError(
        `"${call}" is no call. Write service:Action, for example ec2:RunInstances.`,
      );
    }
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RehearsalError(
        `${call}: ${status} is no status of an error. Write one from 400 to 599.`,
      );
    }
  }
  writeJson(join(folder, "faults.json"), faults);
}

/** The calls that the emulated cloud saw so far, as `service:Action`, without the runner's. */
export function seenCalls(folder: string): readonly string[] {
  return readJson(join(folder, "calls.json")) ?? [];
}

/** What the runner saw at its last look; undefined before the first. */
export function readReport(folder: string): Report | undefined {
  return readJson(join(folder, "runner.json"));
}

/** Forgets what a process said before it is started anew. */
export function forgetAnswer(folder: string, process: "emulator" | "runner"): void {
  rmSync(join(folder, `${process}.json`), { force: true });
}

/** Forgets the emulated cloud and its key, so that the next start begins from nothing. */
export function forgetCloud(folder: string): void {
  const files = [
    "account.pickle",
    "calls.json",
    "credentials.json",
    "faults.json",
    "settings.json",
  ];
  for (const file of files) rmSync(join(folder, file), { force: true });
}

function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as T;
}

/** Writes a file for its owner alone, whole or not at all. */
function writeJson(file: string, value: unknown): void {
  const draft = `${file}.new`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
