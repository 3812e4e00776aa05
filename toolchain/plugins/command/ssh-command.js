// @ts-check
/** One command on a remote host: connect, run, close the connection. */
const { failureText } = require("./failure-text");
const { outputRecorder, shownStreams } = require("./output-recorder");
const { dial, nameOf } = require("./ssh-dial");
const { execWithEnvironment, sendSignal } = require("./ssh-exec");

/**
 * @typedef {object} RemoteRun
 * @property {import("./ssh-dial").Connection} connection
 * @property {string} command
 * @property {boolean} commandIsSecret then errors do not quote it
 * @property {Record<string, string>} environment sshd has to accept all of it
 * @property {Record<string, string>} previous the last run's output; sshd may refuse it
 * @property {string} stdin may be empty
 * @property {string | undefined} logging
 */

const howToSetVariables =
  "sshd has to accept it (AcceptEnv). Where a shell runs the command, write it before the " +
  "command instead (VAR=value command), or give it through stdin";

/**
 * @param {RemoteRun} run
 * @param {import("./operation").Operation} operation
 * @returns {Promise<import("./output-recorder").Output>}
 * @throws when no connection is made, a variable is refused, or the command does not exit with 0
 */
async function runRemotely(run, operation) {
  const { connection, command, environment, previous, logging } = run;
  const { signal, log, redact } = operation;
  const { client, close } = await dial(connection, signal, (line) => log.status(redact(line)));
  const recorder = outputRecorder(shownStreams(logging), (line) =>
    log.status(operation.hide(line)),
  );
  try {
    const ending = await new Promise((resolve, reject) => {
      /** @type {string | undefined} */
      let lost;
      client.on("error", (error) => (lost = error.message));
      client.once("close", () =>
        resolve(
          `a lost connection (${lost ?? "closed by the server"}); it may still be running there`,
        ),
      );
      /** @type {import("ssh2").ClientChannel | undefined} */
      let channel;
      const onAbort = () => {
        if (channel !== undefined) {
          sendSignal(client, channel, "TERM");
        }
        reject(
          new Error(`The command on ${nameOf(connection)} was stopped: ${signal.reason.message}`),
        );
      };
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) {
        onAbort();
        return;
      }
      execWithEnvironment(
        client,
        command,
        { ...environment, ...previous },
        {
          refused(names) {
            const first = names.find((name) => name in environment);
            if (first !== undefined) {
              throw new Error(
                `could not set environment variable "${first}": ${howToSetVariables}`,
              );
            }
            names.forEach((name) => log.warning(`Unable to set '${name}': ${howToSetVariables}`));
          },
          started(opened) {
            channel = opened;
            /** @type {string | undefined} */
            let ended;
            opened.on("data", (/** @type {Buffer} */ chunk) => recorder.write("stdout", chunk));
            opened.stderr.on("data", (/** @type {Buffer} */ chunk) =>
              recorder.write("stderr", chunk),
            );
            opened.on("exit", (/** @type {number | null} */ status, /** @type {string} */ name) => {
              ended =
                status === null ? `signal ${name}` : status === 0 ? "" : `exit status ${status}`;
            });
            opened.on("close", () =>
              resolve(ended ?? `no exit status${lost === undefined ? "" : ` (${lost})`}`),
            );
            opened.on("error", () => {}); // a command that does not read its input; the status counts
            opened.end(run.stdin);
          },
          failed: (error) =>
            reject(
              new Error(`The command on ${nameOf(connection)} did not start: ${error.message}`),
            ),
        },
      );
    });
    recorder.end();
    if (ending !== "") {
      throw new Error(
        failureText(
          {
            where: nameOf(connection),
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
  } finally {
    await close();
  }
}

module.exports = { runRemotely };
