// @ts-check
/** Messages to the engine, which shows them beside the resource they are about. */
const { EngineClient, channelOptions, engineMessages, grpc } = require("./protocol");

/**
 * @typedef {object} ResourceLog messages about one resource, sent in order
 * @property {(message: string) => void} status shown while the resource is worked on, not kept
 * @property {(message: string) => void} warning shown and kept
 * @property {() => Promise<void>} flush returns when everything is sent
 */

const sendMs = 10_000;
/** Status lines beyond this many are not sent: nobody can read them, and they would pile up. */
const longestQueue = 1000;

/** @param {string | undefined} address of the engine's gRPC server, host:port; undefined logs nowhere */
function engineLog(address) {
  const client =
    address === undefined
      ? undefined
      : new EngineClient(address, grpc.credentials.createInsecure(), channelOptions);

  /**
   * @param {number} severity
   * @param {string} urn
   * @param {string} message
   * @param {boolean} ephemeral
   * @returns {Promise<void>} also when the engine does not take it: a log is no reason to fail
   */
  function send(severity, urn, message, ephemeral) {
    const request = new engineMessages.LogRequest();
    request.setSeverity(/** @type {any} */ (severity));
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    return new Promise((resolve) => {
      if (client === undefined) {
        resolve();
        return;
      }
      const call = /** @type {Function} */ (client.log).bind(client);
      call(request, { deadline: Date.now() + sendMs }, () => resolve());
    });
  }

  return {
    /** @param {string} message for `--debug` only */
    debug: (message) => send(engineMessages.LogSeverity.DEBUG, "", message, false),
    /** @param {string} urn @returns {ResourceLog} */
    of(urn) {
      let sent = Promise.resolve();
      let queued = 0;
      let dropped = 0;
      /** @param {number} severity @param {string} message @param {boolean} ephemeral */
      const enqueue = (severity, message, ephemeral) => {
        queued += 1;
        sent = sent.then(async () => {
          await send(severity, urn, message, ephemeral);
          queued -= 1;
        });
      };
      return {
        status(message) {
          if (queued >= longestQueue) {
            dropped += 1;
            return;
          }
          if (dropped > 0) {
            enqueue(engineMessages.LogSeverity.INFO, `(${dropped} lines not shown)`, true);
            dropped = 0;
          }
          enqueue(engineMessages.LogSeverity.INFO, message, true);
        },
        warning: (message) => enqueue(engineMessages.LogSeverity.WARNING, message, false),
        flush: () => sent,
      };
    },
    close: () => client?.close(),
  };
}

module.exports = { engineLog };
