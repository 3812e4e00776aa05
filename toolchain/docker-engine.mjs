// @ts-check
/**
 * The Docker Engine of this computer: shows whether one answers, starts one, stops the one that
 * hive started.
 */
import "./mechanics/node-version.mjs";
import { ensureSteps } from "./mechanics/ensure.mjs";
import { engineAddress, pingEngine } from "./mechanics/engine-api.mjs";
import { openProject } from "./mechanics/project.mjs";
import { explain } from "./mechanics/step-error.mjs";
import { dockerEngine, ownEngine, stopEngine } from "./steps/docker-engine.mjs";

const usage = `usage: node toolchain/docker-engine.mjs status|start|stop

  status  shows whether a Docker Engine answers and whether hive started it (exit code 1 when none answers)
  start   makes sure that one answers; installs docker.io if needed (as root on Debian and Ubuntu)
  stop    stops the Docker Engine that hive started, and no other
`;

/** @param {string[]} args @returns {Promise<number>} exit code */
async function main(args) {
  const project = openProject();
  switch (args.length === 1 ? args[0] : undefined) {
    case "--help":
    case "-h":
      process.stdout.write(usage);
      return 0;
    case "status":
      return status(project);
    case "start":
      return ensureSteps([dockerEngine(project)], project);
    case "stop":
      process.stdout.write((await stopEngine(project)) + "\n");
      return 0;
    default:
      process.stderr.write(usage);
      return 2;
  }
}

/** @param {import("./mechanics/project.mjs").Project} project @returns {Promise<number>} */
async function status(project) {
  const answer = await pingEngine(project.env);
  const address = engineAddress(project.env);
  const own = ownEngine(project);
  if (!("version" in answer)) {
    process.stdout.write(`No Docker Engine answers at ${address}: ${answer.message}\n`);
    return 1;
  }
  const whose = own
    ? `started by hive (process ${own.pid}, log ${own.log})`
    : "not started by hive";
  process.stdout.write(`Docker Engine ${answer.version} answers at ${address}, ${whose}.\n`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(explain(error).join("\n") + "\n");
  process.exitCode = 1;
}
