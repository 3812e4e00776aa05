// @ts-check
/**
 * What `hive up` calls when a stage asks for an update: gets the base images of this computer's
 * Docker Engine again.
 */
import "./mechanics/node-version.mjs";
import { pingEngine } from "./mechanics/engine-api.mjs";
import { ensureSteps } from "./mechanics/ensure.mjs";
import { openProject } from "./mechanics/project.mjs";
import { explain } from "./mechanics/step-error.mjs";
import { renewalSteps } from "./steps/renew-base-images.mjs";

const usage = `usage: node toolchain/renew-base-images.mjs TIME

Gets the base images again that this computer's Docker Engine got before TIME (ISO 8601): pulls them, else builds them
with debootstrap. Without a Docker Engine it does nothing. Exit code 0: all are current.
`;

/** @param {string[]} args @returns {Promise<number>} exit code */
async function main([since = "", ...more]) {
  if (since === "--help" || since === "-h") {
    process.stdout.write(usage);
    return 0;
  }
  if (Number.isNaN(Date.parse(since)) || more.length > 0) {
    process.stderr.write(`renew-base-images.mjs: write one time, e.g. 2026-12-24\n\n${usage}`);
    return 2;
  }
  const project = openProject();
  if (!("version" in (await pingEngine(project.env)))) return 0;
  return ensureSteps(renewalSteps(project, since), project, { quiet: true });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(explain(error).join("\n") + "\n");
  process.exitCode = 1;
}
