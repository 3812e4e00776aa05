// @ts-check
/**
 * Writes a summary of hive's bridged plugins, in the terms of TypeScript, so that a test without Go
 * can compare it with the npm packages. Run it after every change in toolchain/modules/bridge or of
 * its pins.
 */
import "./mechanics/node-version.mjs";
import fs from "node:fs";
import path from "node:path";
import { folderDigest } from "./mechanics/cache.mjs";
import { findGo } from "./mechanics/go-build.mjs";
import { isMain } from "./mechanics/is-main.mjs";
import { capture } from "./mechanics/process.mjs";
import { openProject } from "./mechanics/project.mjs";
import { explain, StepError } from "./mechanics/step-error.mjs";

const usage = `usage: node toolchain/bridge-schema.mjs

Builds the schemas of the bridged plugins with Go and writes what the test of the bridge compares with the npm
packages: test/unit/toolchain/bridge-schema.json.
`;

/** How long the schema command may take with its first build, in milliseconds. */
const schemaMs = 30 * 60_000;

/**
 * The summary of one plugin. A type is written as in TypeScript (`string[]`,
 * `{ [key: string]: string }`, the name of an entry of `types`); a `?` after it means that it may
 * be left out.
 * @typedef {object} PluginSummary
 * @property {string} version
 * @property {Record<string, {inputs: Record<string, string>, outputs: Record<string, string>,
 *   secrets: string[]}>} resources by class name; secrets: names of outputs that are always secret
 * @property {Record<string, Record<string, string>>} types
 */

/**
 * @param {any} schema a Pulumi package schema
 * @returns {PluginSummary}
 */
export function summarize(schema) {
  /** @type {PluginSummary} */
  const summary = { version: schema.version, resources: {}, types: {} };
  for (const [token, resource] of sorted(schema.resources)) {
    summary.resources[lastPart(token)] = {
      inputs: members(resource.inputProperties, resource.requiredInputs),
      outputs: members(resource.properties, resource.required),
      secrets: Object.entries(resource.properties ?? {})
        .filter(([, property]) => property.secret === true)
        .map(([name]) => name)
        .sort(),
    };
  }
  for (const [token, type] of sorted(schema.types)) {
    summary.types[lastPart(token)] = members(type.properties, type.required);
  }
  return summary;
}

/**
 * @param {Record<string, any>} [properties]
 * @param {string[]} [required]
 * @returns {Record<string, string>}
 */
function members(properties, required = []) {
  return Object.fromEntries(
    sorted(properties).map(([name, property]) => [
      name,
      typeText(property) + (required.includes(name) ? "" : "?"),
    ]),
  );
}

/** @param {any} property @returns {string} */
function typeText(property) {
  if (property.$ref) return lastPart(property.$ref);
  switch (property.type) {
    case "integer":
    case "number":
      return "number";
    case "array":
      return `${typeText(property.items)}[]`;
    case "object":
      return `{ [key: string]: ${typeText(property.additionalProperties ?? { type: "string" })} }`;
    default:
      return String(property.type);
  }
}

/** @param {string} token @returns {string} `Container` of `docker:index/container:Container` */
function lastPart(token) {
  return token.slice(token.lastIndexOf(":") + 1);
}

/** @param {Record<string, any>} [record] @returns {[string, any][]} */
function sorted(record) {
  return Object.entries(record ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** @param {string[]} args @returns {Promise<number>} exit code */
async function main(args) {
  if (args.length > 0) {
    process.stdout.write(usage);
    return args[0] === "--help" || args[0] === "-h" ? 0 : 2;
  }
  const project = openProject();
  const module = path.join(project.toolchain, project.versions.bridge.module);
  const go = await findGo(project.env);
  if (!go) throw new StepError("Go is not on the PATH; the schema command is built with it");
  /** @type {Record<string, PluginSummary>} */
  const plugins = {};
  for (const name of /** @type {const} */ (["docker", "random"])) {
    const run = [
      "run",
      "-mod=readonly",
      "-trimpath",
      "-buildvcs=false",
      `-tags=${project.versions.bridge.tags}`,
      "./cmd/schema",
    ];
    const answer = await capture(go.path, [...run, name, project.versions.plugins[name]], {
      cwd: module,
      env: { ...project.env, CGO_ENABLED: "0", GOWORK: "off" },
      timeoutMs: schemaMs,
    });
    if (answer?.code !== 0)
      throw new StepError(
        `the schema of ${name} could not be generated:\n${answer?.stderr ?? "no answer"}`,
      );
    plugins[name] = summarize(JSON.parse(answer.stdout));
  }
  const file = path.join(project.root, "test/unit/toolchain/bridge-schema.json");
  fs.writeFileSync(file, JSON.stringify({ bridge: folderDigest(module), plugins }, null, 1) + "\n");
  process.stdout.write(`${file}\n`);
  return 0;
}

try {
  if (isMain(import.meta.url)) {
    process.exitCode = await main(process.argv.slice(2));
  }
} catch (error) {
  process.stderr.write(explain(error).join("\n") + "\n");
  process.exitCode = 1;
}
