// @ts-check
/** `npm run sbom`: the software bill of materials of hive and its toolchain. Changes nothing. */
import "./mechanics/node-version.mjs";
import fs from "node:fs";
import path from "node:path";
import { toolchainBill } from "./mechanics/bill-of-materials.mjs";
import { capture } from "./mechanics/process.mjs";
import { openProject } from "./mechanics/project.mjs";
import { explain, StepError } from "./mechanics/step-error.mjs";

const usage = `usage: npm run --silent sbom > hive.cdx.json

Prints what hive and its toolchain consist of, with versions, as CycloneDX 1.5: npm packages of package-lock.json, Go modules
of toolchain/modules and rehearsal/provider, Pulumi's programs, actionlint. Tools such as grype or osv-scanner look up
known weaknesses in it.

The bill of one of hive's own images is in it, made at its build:
  docker run --rm --entrypoint cat <image> /usr/share/hive/sbom.cdx.json
`;

/** @param {string[]} args @returns {Promise<number>} exit code */
async function main(args) {
  if (args.length > 0) {
    const isAsked = args[0] === "--help" || args[0] === "-h";
    (isAsked ? process.stdout : process.stderr).write(usage);
    return isAsked ? 0 : 2;
  }
  const { root, toolchain, env, versions } = openProject();
  const words = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"];
  const npm = await capture("npm", words, { env, cwd: root, timeoutMs: 60_000 });
  if (npm?.code !== 0) {
    throw new StepError(`npm ${words.join(" ")} failed: ${npm?.stderr.trim() ?? "no answer"}`, {
      remedy: ["Use npm 10 or newer, which comes with Node.js 20: npm --version"],
    });
  }
  const modules = path.join(toolchain, "modules");
  const goMods = [
    ...fs.readdirSync(modules).map((name) => path.join(modules, name)),
    path.join(toolchain, versions.awsProvider.folder),
  ].map((folder) => fs.readFileSync(path.join(folder, "go.mod"), "utf8"));
  const programs = [
    { name: "pulumi", version: versions.cli.version },
    { name: "pulumi-language-nodejs", version: versions.languageHost.version },
    ...Object.entries(versions.plugins).map(([name, version]) => ({
      name: `pulumi-resource-${name}`,
      version,
    })),
    { name: "actionlint", version: versions.actionlint.version },
    { name: versions.awsProvider.module, version: versions.awsProvider.version },
  ].map((program) => ({ type: "application", ...program }));
  const bill = toolchainBill(JSON.parse(npm.stdout), goMods, programs);
  process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(explain(error).join("\n") + "\n");
  process.exitCode = 1;
}
