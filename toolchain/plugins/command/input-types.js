// @ts-check
/**
 * The inputs of each resource, as the schema of pulumi-command 1.2.1 has them. The check, the
 * diff and the outputs all go by these tables.
 */

/**
 * @typedef {"string" | "number" | "integer" | "boolean" | "strings" | "stringMap" | "list"
 *   | "logging" | "source" | "connection" | "proxy"} InputType
 * @typedef {{ type: InputType, required?: boolean }} Input
 * @typedef {Record<string, Input>} Inputs
 */

/** @type {Inputs} */
const proxy = {
  user: { type: "string" },
  password: { type: "string" },
  host: { type: "string", required: true },
  port: { type: "number" },
  privateKey: { type: "string" },
  privateKeyPassword: { type: "string" },
  agentSocketPath: { type: "string" },
  dialErrorLimit: { type: "integer" },
  perDialTimeout: { type: "integer" },
  hostKey: { type: "string" },
};

/** @type {Inputs} */
const connection = { ...proxy, proxy: { type: "proxy" } };

/**
 * What is used where a connection (or its proxy) says nothing.
 * Units: perDialTimeout seconds (0 = no limit), dialErrorLimit failed attempts (-1 = no limit).
 */
const connectionDefaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };

/** @type {Inputs} */
const anyCommand = {
  create: { type: "string" },
  update: { type: "string" },
  delete: { type: "string" },
  triggers: { type: "list" },
  environment: { type: "stringMap" },
  stdin: { type: "string" },
  logging: { type: "logging" },
  addPreviousOutputInEnv: { type: "boolean" },
};

/** @type {Inputs} */
const localOnly = {
  interpreter: { type: "strings" },
  dir: { type: "string" },
  assetPaths: { type: "strings" },
  archivePaths: { type: "strings" },
};

/** @type {Inputs} */
const localCommand = { ...anyCommand, ...localOnly };

/** @type {Inputs} */
const remoteCommand = { ...anyCommand, connection: { type: "connection", required: true } };

/** @type {Inputs} */
const copyToRemote = {
  connection: { type: "connection", required: true },
  source: { type: "source", required: true },
  remotePath: { type: "string", required: true },
  triggers: { type: "list" },
};

/** The values of `logging`. */
const loggingValues = ["stdout", "stderr", "stdoutAndStderr", "none"];

module.exports = {
  connection,
  proxy,
  connectionDefaults,
  localCommand,
  remoteCommand,
  copyToRemote,
  loggingValues,
};
