// @ts-check
/**
 * The life of a command resource, local or remote: create runs `create`, update runs `update` or
 * else `create`, delete runs `delete`; where there is none, nothing runs and nothing is connected.
 */
const values = require("../property-values");
const { commandInputs, previewOutputs, producedOutputs } = require("./command-inputs");

/**
 * @typedef {import("./command-inputs").Properties} Properties
 * @typedef {import("../operation").Operation} Operation
 * @typedef {object} Resource what the engine can do with a resource type
 * @property {import("../input-types").Inputs} inputs
 * @property {boolean} idWithName whether an id begins with the resource's name
 * @property {(news: Properties, olds?: Properties) => Properties} preview outputs that can be foretold
 * @property {(news: Properties, operation: Operation) => Promise<Properties>} create
 * @property {(olds: Properties, news: Properties, operation: Operation) => Promise<Properties>} update
 * @property {(olds: Properties, operation: Operation) => Promise<void>} delete
 *
 * @callback RunCommand
 * @param {{ command: string, secret: boolean }} which
 * @param {Properties} inputs
 * @param {Properties | undefined} state whose output the command is told
 * @param {Operation} operation
 * @returns {Promise<Properties>} the outputs that the run produced
 */

/**
 * @param {import("../input-types").Inputs} inputs
 * @param {RunCommand} run
 * @returns {Resource}
 */
function commandResource(inputs, run) {
  /**
   * @param {Array<"create" | "update" | "delete">} names the first one that is given counts
   * @param {Properties} properties
   * @returns {{ command: string, secret: boolean } | undefined}
   */
  const pick = (names, properties) => {
    const given = commandInputs(properties);
    const name = names.find((candidate) => typeof given[candidate] === "string");
    return name === undefined
      ? undefined
      : { command: given[name] ?? "", secret: values.isSecret(properties[name]) };
  };

  return {
    inputs,
    idWithName: true,
    preview: previewOutputs,
    async create(news, operation) {
      const which = pick(["create"], news);
      const produced = which === undefined ? {} : await run(which, news, undefined, operation);
      return { ...news, ...producedOutputs(), ...produced };
    },
    async update(olds, news, operation) {
      const which = pick(["update", "create"], news);
      const produced = which === undefined ? {} : await run(which, news, olds, operation);
      return { ...news, ...producedOutputs(olds), ...produced };
    },
    async delete(olds, operation) {
      const which = pick(["delete"], olds);
      if (which !== undefined) {
        await run(which, olds, olds, operation);
      }
    },
  };
}

module.exports = { commandResource };
