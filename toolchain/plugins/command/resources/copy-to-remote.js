// @ts-check
/**
 * `command:remote:CopyToRemote`. An update copies again only when the content or the remote path
 * has changed; a delete leaves the copy where it is. Both as the official plugin.
 */
const { copyToRemote: inputs } = require("../input-types");
const values = require("../property-values");
const { copySource } = require("../sftp-copy");
const { connectionOf } = require("./remote-command");

/**
 * @typedef {import("./command-inputs").Properties} Properties
 * @typedef {{ source: import("../property-values").Asset | import("../property-values").Archive,
 *   remotePath: string }} CopyInputs
 */

/** @param {Properties} properties @returns {CopyInputs} */
const copyInputs = (properties) => /** @type {CopyInputs} */ (values.unwrap(properties));

/** @param {Properties} news @param {import("../operation").Operation} operation */
async function copy(news, operation) {
  const { source, remotePath } = copyInputs(news);
  await copySource(connectionOf(news), source, remotePath, operation);
  return { ...news };
}

/** @type {import("./command-resource").Resource} */
const copyToRemote = {
  inputs,
  idWithName: false,
  preview: (news) => ({ ...news }),
  create: copy,
  async update(olds, news, operation) {
    const [before, after] = [copyInputs(olds), copyInputs(news)];
    return before.source.hash !== after.source.hash || before.remotePath !== after.remotePath
      ? copy(news, operation)
      : { ...news };
  },
  async delete() {},
};

module.exports = { copyToRemote };
