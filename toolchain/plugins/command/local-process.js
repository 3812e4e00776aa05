// @ts-check
/** One command on this computer. */
const { spawn } = require("node:child_process");
const { statSync } = require("node:fs");
const { failureText } = require("./failure-text");
const { outputRecorder, shownStreams } = require("./output-recorder");

/**
 * @typedef {object} LocalRun
 * @property {string} command the last argument of the interpreter
 * @property {boolean} commandIsSecret then errors do not quote it
 * @property {string[] | undefined} interpreter default `/bin/sh -c`, on Windows `cmd /C`
 * @property {string} dir
 * @property {Record<string, string>} environment added to this process's own
 * @property {string} stdin may be empty
 * @property {string | undefined} logging
 */

/** How long a stopped command may take to end before it is killed. */
const graceMs = 5000;

/** @param {string[] | undefined} interpreter @returns {string[]} */
const interpreterOr = (interpreter) =>
  interpreter !== undefined && interpreter.length > 0
    ? interpreter
    : process.platform === "win32"
      ? ["cmd", "/C"]
      : ["/bin/sh", "-c"];

/**
 * @param {LocalRun} run
 * @param {import("./operation").Operation} operation
 * @returns {Promise<import("./output-recorder").Output>}
 * @throws when the interpreter does not start or does not exit with 0
 */
async function runLocally(run, operation) {
  const { command, dir, logging } = run;
  const { signal, log, redact } = operation;
  signal.throwIfAborted();
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`dir "${dir}" is not a directory on this computer`);
  }
  const [program = "", ...leading] = interpreterOr(run.interpreter);
  const recorder = outputRecorder(shownStreams(logging), (line) =>
    log.status(operation.hide(line)),
  );
  const ending = await new Promise((resolve, reject) => {
    const child = spawn(program, [...leading, command], {
      cwd: dir,
      env: { ...process.env, ...run.environment },
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32", // a group of its own, so that all of it can be stopped
    });
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const stop = () => {
      kill(child, "SIGTERM");
      timer = setTimeout(() => kill(child, "SIGKILL"), graceMs);
      reject(new Error(`The command on this computer was stopped: ${signal.reason.message}`));
    };
    signal.addEventListener("abort", stop, { once: true });
    child.on("error", (error) =>
      reject(new Error(`cannot run the interpreter "${program}": ${error.message}`)),
    );
    child.stdout.on("data", (chunk) => recorder.write("stdout", chunk));
    child.stderr.on("data", (chunk) => recorder.write("stderr", chunk));
    child.on("close", (status, name) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(status === 0 ? "" : status === null ? `signal ${name}` : `exit status ${status}`);
    });
    child.stdin.on("error", () => {}); // a command that does not read its input; the status counts
    child.stdin.end(run.stdin);
  });
  recorder.end();
  if (ending !== "") {
    throw new Error(
      failureText(
        {
          where: "this computer",
          ending,
          command: run.commandIsSecret ? undefined : command,
          output: recorder.quotable(),
          logging,
        },
        redact,
      ),
    );
  }
  return recorder.output();
}

/** @param {import("node:child_process").ChildProcess} child @param {NodeJS.Signals} name */
function kill(child, name) {
  try {
    process.kill(process.platform === "win32" ? (child.pid ?? 0) : -(child.pid ?? 0), name);
  } catch {
    // It has ended already.
  }
}

module.exports = { runLocally };
