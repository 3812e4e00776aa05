// @ts-check
/** Runs another program in this process's terminal and ends with its exit code. */
import { performance } from "node:perf_hooks";
import { spawn } from "node:child_process";
import os from "node:os";

/**
 * The same signal twice within this time comes from one key press or one kill, in milliseconds.
 */
const sameSignalMs = 300;

/**
 * Runs a program in the foreground. On a terminal the program gets the terminal's signals itself
 * and this process waits. Elsewhere the program leads a process group of its own, to which each
 * signal is passed on once: the group sees exactly what it would see on a terminal.
 * @param {string} command
 * @param {string[]} args
 * @param {object} options
 * @param {NodeJS.ProcessEnv} options.env
 * @param {string} [options.cwd]
 * @param {boolean} [options.terminal] default: whether standard input is one
 * @returns {Promise<number>} its exit code; 128 + signal number when a signal ended it; 127 when
 *   there is no such program
 */
export function runInForeground(
  command,
  args,
  { env, cwd, terminal = process.stdin.isTTY === true },
) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env,
      cwd: cwd ?? process.cwd(),
      stdio: "inherit",
      detached: !terminal,
    });
    const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]);
    /** @type {Map<NodeJS.Signals, number>} */
    const last = new Map();
    /** @type {(name: NodeJS.Signals) => void} */
    const pass = (name) => {
      const now = performance.now();
      if (now - (last.get(name) ?? -Infinity) < sameSignalMs) return;
      last.set(name, now);
      // The terminal has already sent Ctrl-C to the program: a second one would stop it at once.
      if (terminal && (name === "SIGINT" || name === "SIGQUIT")) return;
      try {
        if (child.pid !== undefined) process.kill(terminal ? child.pid : -child.pid, name);
      } catch {
        // It has ended.
      }
    };
    const end = (/** @type {number} */ code) => {
      signals.forEach((name) => process.off(name, pass));
      resolve(code);
    };
    signals.forEach((name) => process.on(name, pass));
    child.on("error", (error) => {
      const missing = /** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT";
      process.stderr.write(`${command}: ${missing ? "not found on the PATH" : error.message}\n`);
      end(missing ? 127 : 126);
    });
    child.on("exit", (code, signal) =>
      end(code ?? 128 + (signal ? os.constants.signals[signal] : 0)),
    );
  });
}
