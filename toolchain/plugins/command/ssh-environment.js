// @ts-check
/**
 * Running a command with environment variables, and knowing which ones sshd refused.
 *
 * ssh2 sends variables without asking for an answer, so that a refused one (AcceptEnv) is lost in
 * silence. pulumi-command asks and fails before the command runs. ssh2 has no public way to do so;
 * this is the one place that reaches into it (pinned: 1.17.0, `lib/client.js` reqEnv and reqExec).
 */

/**
 * @typedef {{ on: Function, exec: Function, _protocol: any, _chanMgr: any }} ClientInternals
 * @typedef {import("ssh2").ClientChannel} ClientChannel
 */

/**
 * @param {import("ssh2").Client} client used for this one command only
 * @param {string} command
 * @param {Record<string, string>} environment
 * @param {(refused: string[]) => void} onRefused called before the command runs with the names
 *   that sshd refused, if any; what it throws keeps the command from running
 * @returns {Promise<ClientChannel>}
 */
function execWithEnvironment(client, command, environment, onRefused) {
  const names = Object.keys(environment);
  if (names.length === 0) {
    return exec(client, command);
  }
  const { _protocol: protocol, _chanMgr: channels } = /** @type {ClientInternals} */ (
    /** @type {unknown} */ (client)
  );
  const sendExec = protocol.exec;
  return new Promise((resolve, reject) => {
    // The channel is open when the library calls this to send the command: variables go first.
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
            onRefused(refused);
          }
          sendExec.call(protocol, remoteId, ...rest);
        } catch (error) {
          reject(error);
        }
      });
      channel._callbacks.unshift(...answers); // before the answer to the command itself
      for (const name of names) {
        protocol.env(remoteId, name, environment[name], true);
      }
    };
    exec(client, command).then(resolve, reject);
  });
}

/** @param {import("ssh2").Client} client @param {string} command @returns {Promise<ClientChannel>} */
function exec(client, command) {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) =>
      error === undefined ? resolve(channel) : reject(error),
    );
  });
}

module.exports = { execWithEnvironment };
