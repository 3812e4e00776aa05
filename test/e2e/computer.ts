import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/**
 * Stages under test run side by side and share the computer. What is measured, in logins, requests
 * or seconds, needs it alone: the others then wait before their next test. They all hold one lock,
 * of which `flock` is the keeper: it goes with the process that holds it, however that ends.
 */
type Kind = "shared" | "alone";

/**
 * Longest wait: for the longest test of another stage, or for a chapter that has the computer
 * alone.
 */
const longestWait = 40 * 60_000;

/** Who asks for the computer alone keeps the turn while waiting, so that nobody comes between. */
const program = `exec 8> "$1.turn" 9> "$1"; flock 8; flock "$2" 9; flock -u 8; echo held; exec cat`;

/**
 * Waits until the computer can be had, and gives what gives it back.
 *
 * @param lock the lock's file; default the one that all stages under test of this user share
 * @throws Error when there is no lock to be had, because `flock` is not there or the file cannot be
 *   written
 */
export async function hold(
  kind: Kind,
  lock = join(tmpdir(), `hive-e2e-${userInfo().uid}`),
): Promise<() => Promise<void>> {
  const flag = kind === "alone" ? "-x" : "-s";
  const holder = spawn("sh", ["-c", `set -e; ${program}`, "sh", lock, flag], {
    stdio: "pipe",
  });
  let complaint = "";
  holder.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = once(holder, "close");
  const [said] = (await Promise.race([once(holder.stdout, "data"), ended])) as [unknown];
  if (!Buffer.isBuffer(said)) throw new Error(`No lock ${lock}: ${complaint.trim()}`);
  return async () => {
    holder.stdin.end();
    await ended;
  };
}

let held: Kind | undefined;
let release: () => Promise<void>;

async function take(kind: Kind): Promise<void> {
  release = await hold(kind);
  held = kind;
}

async function giveBack(kind: Kind): Promise<void> {
  if (held !== kind) return;
  held = undefined;
  await release();
}

/** Each test of the file holds a share of the computer. Call it at the top of the file. */
export function sharesTheComputer(): void {
  beforeEach(() => (held === undefined ? take("shared") : undefined), longestWait);
  afterEach(() => giveBack("shared"));
}

/**
 * The tests of this `describe` have the computer for themselves: no test of another stage runs
 * beside.
 */
export function hasTheComputerAlone(): void {
  beforeAll(() => take("alone"), longestWait);
  afterAll(() => giveBack("alone"));
}
