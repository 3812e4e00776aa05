// @ts-check
/**
 * Two things that pulumi-command, or a clean end, needs and ssh2 has no public way for. This is the
 * one place that reaches into it (pinned: 1.17.0, `lib/client.js` reqEnv and reqExec, `lib/Channel.js`).
 *
 * - Variables: ssh2 sends them without asking for an answer, so that a refused one (AcceptEnv) is
 *   lost in silence. pulumi-command asks, and fails before the command runs.
 * - Signals: ssh2 sends none once standard input has ended, which here is always.
 */

/**
 * @typedef {{ _protocol: any, _chanMgr: any }} ClientInternals
 * @typedef {import("ssh2").ClientChannel} ClientChannel
 */

/**
 * @param {import("ssh2").Client} client used for this one command only
 * @param {string} command
 * @param {Record<string, string>} environment
 * @param {object} on
 * @param {(refused: string[]) => void} on.refused called before the command runs with the names
 *   that sshd refused, if any; what it throws keeps the command from running
 * @param {(channel: ClientChannel) => void} on.started called when the command runs; listeners have
 *   to be there when it returns, for everything up to the exit status may come in one packet
 * @param {(error: Error) => void} on.failed called when the command does not run
 */
function execWithEnvironment(client, command, environment, on) {
  const names = Object.keys(environment);
  if (names.length > 0) {
    sendBeforeExec(client, environment, on);
  }
  client.exec(command, (error, channel) =>
    error === undefined ? on.started(channel) : on.failed(error),
  );
}

/**
 * @param {import("ssh2").Client} client
 * @param {Record<string, string>} environment
 * @param {{ refused: (names: string[]) => void, failed: (error: Error) => void }} on
 */
function sendBeforeExec(client, environment, on) {
  const { _protocol: protocol, _chanMgr: channels } = /** @type {ClientInternals} */ (
    /** @type {unknown} */ (client)
  );
  const names = Object.keys(environment);
  const sendExec = protocol.exec;
  // The library calls this to send the command, on an open channel: variables go first.
  protocol.exec = (/** @type {number} */ remoteId, /** @type {unknown[]} */ ...rest) => {
    protocol.exec = sendExec;
    const channel = channels._channels[Object.keys(channels._channels)[0] ?? ""];
    const refused = /** @type {string[]} */ ([]);
    let open = names.length;
    const answers = names.map((name) => (/** @type {unknown} */ failed) => {
      if (failed !== false) {
        refused.push(name);
      }
      open -= 1;
      if (open > 0) {
        return;
      }
      try {
        if (refused.length > 0) {
          on.refused(refused);
        }
        sendExec.call(protocol, remoteId, ...rest);
      } catch (error) {
        on.failed(/** @type {Error} */ (error));
      }
    });
    channel._callbacks.unshift(...answers); // before the answer to the command itself
    for (const name of names) {
      protocol.env(remoteId, name, environment[name], true);
    }
  };
}

/**
 * Asks sshd to send a signal to the command. sshd does so for every user but root.
 *
 * @param {import("ssh2").Client} client
 * @param {ClientChannel} channel
 * @param {string} name without "SIG"
 */
function sendSignal(client, channel, name) {
  const { outgoing } = /** @type {{ outgoing: { id: number, state: string } }} */ (
    /** @type {unknown} */ (channel)
  );
  if (outgoing.state === "open" || outgoing.state === "eof") {
    const { _protocol: protocol } = /** @type {ClientInternals} */ (
      /** @type {unknown} */ (client)
    );
    protocol.signal(outgoing.id, name);
  }
}

module.exports = { execWithEnvironment, sendSignal };
