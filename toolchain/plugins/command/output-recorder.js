// @ts-check
/** What a running command prints: kept for the outputs, and told line by line while it runs. */
const { StringDecoder } = require("node:string_decoder");

/**
 * @typedef {"stdout" | "stderr"} StreamName
 * @typedef {{ stdout: string, stderr: string }} Output
 */

/**
 * @param {string | undefined} logging the input `logging`; unset means both
 * @returns {Record<StreamName, boolean>} which streams may be shown
 */
function shownStreams(logging) {
  const both = logging === undefined || logging === "stdoutAndStderr";
  return { stdout: both || logging === "stdout", stderr: both || logging === "stderr" };
}

/**
 * Records two streams.
 *
 * @param {Record<StreamName, boolean>} shown which streams are told and may be quoted
 * @param {(line: string) => void} tell called for every line of a shown stream as it arrives
 */
function outputRecorder(shown, tell) {
  /** @type {Record<StreamName, Buffer[]>} */
  const kept = { stdout: [], stderr: [] };
  /** @type {Buffer[]} */
  const quotable = [];
  /** @type {Record<StreamName, { decoder: StringDecoder, rest: string }>} */
  const pending = {
    stdout: { decoder: new StringDecoder("utf8"), rest: "" },
    stderr: { decoder: new StringDecoder("utf8"), rest: "" },
  };
  return {
    /** @param {StreamName} name @param {Buffer} chunk */
    write(name, chunk) {
      kept[name].push(chunk);
      if (!shown[name]) {
        return;
      }
      quotable.push(chunk);
      const stream = pending[name];
      const lines = (stream.rest + stream.decoder.write(chunk)).split("\n");
      stream.rest = lines.pop() ?? "";
      lines.forEach((line) => tell(line.replace(/\r$/, "")));
    },
    /** Tells lines that do not end with a newline. Call once, when both streams have ended. */
    end() {
      for (const { decoder, rest } of [pending.stdout, pending.stderr]) {
        const last = rest + decoder.end();
        if (last !== "") {
          tell(last);
        }
      }
    },
    /** @returns {Output} everything, without the last newline, as pulumi-command has it */
    output() {
      const text = (/** @type {StreamName} */ name) =>
        Buffer.concat(kept[name]).toString("utf8").replace(/\n$/, "");
      return { stdout: text("stdout"), stderr: text("stderr") };
    },
    /** @returns {string} the shown streams in the order of arrival, for an error */
    quotable() {
      return Buffer.concat(quotable).toString("utf8");
    },
  };
}

module.exports = { outputRecorder, shownStreams };
