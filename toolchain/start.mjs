// @ts-check
/** `npm start`: prepares this computer, then brings the private stage up. */
import "./mechanics/node-version.mjs";
import path from "node:path";
import { ensure } from "./mechanics/ensure.mjs";
import { runInForeground } from "./mechanics/exec.mjs";
import { openProject } from "./mechanics/project.mjs";
import { explain } from "./mechanics/step-error.mjs";
import { projectEnvironment } from "./environment.mjs";

const usage = `usage: npm start [-- arguments of "hive up"]

Gets what is missing on this computer (npm packages, Pulumi CLI and plugins, a Docker Engine, base images), then brings
the private stage up: the same as "npx hive up --yes --refresh". Existing parts are used as they are; a second run takes no time.

  HIVE_CACHE      where downloads and builds are kept (default: ~/.cache/hive)
  HIVE_HOME       where state, passphrase and keys are kept (default: .hive)
  HIVE_DOWNLOADS  a mirror of Pulumi's releases, or "none" to build everything from source

npm run doctor shows what is there and what is missing, and changes nothing.
`;

/** @param {string[]} args @returns {Promise<number>} exit code */
async function main(args) {
  if (args[0] === "--help" || args[0] === "-h") {
    process.stdout.write(usage);
    return 0;
  }
  const project = openProject();
  process.stderr.write(`hive: getting this computer ready (cache: ${project.layout.root})\n`);
  const code = await ensure(project, ["all"]);
  if (code !== 0) return code;
  const program = [path.join(project.root, "cli/bin.js"), "up", "--yes", "--refresh", ...args];
  return runInForeground(process.execPath, program, {
    env: await projectEnvironment(),
    cwd: project.root,
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(explain(error).join("\n") + "\n");
  process.exitCode = 1;
}
