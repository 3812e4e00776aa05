// @ts-check
/**
 * `npm run pulumi -- …` and the tests: gets what a command needs, then runs it in the project's
 * environment.
 */
import "./mechanics/node-version.mjs";
import { ensure } from "./mechanics/ensure.mjs";
import { runInForeground } from "./mechanics/exec.mjs";
import { isMain } from "./mechanics/is-main.mjs";
import { openProject } from "./mechanics/project.mjs";
import { explain } from "./mechanics/step-error.mjs";
import { groups } from "./steps/all.mjs";
import { projectEnvironment } from "./environment.mjs";

const usage = `usage: node toolchain/run.mjs [--ensure GROUP,…] -- COMMAND [ARGUMENT…]

Makes sure that this computer has what the command needs, then runs it in the project's environment, in the
folder it was called from. Prints nothing while everything is there.

  --ensure  what is needed; default: engine
${Object.entries(groups)
  .map(([name, text]) => `              ${name.padEnd(10)}${text}`)
  .join("\n")}
              none    nothing: only the environment

  node toolchain/run.mjs -- pulumi preview --stack private
`;

/**
 * @param {string[]} args
 * @returns {{ensure: string[], command: string[]} | {problem: string}}
 */
export function parseArguments(args) {
  const split = args.indexOf("--");
  if (split < 0) return { problem: "write the command after --" };
  const command = args.slice(split + 1);
  if (command.length === 0) return { problem: "the command after -- is missing" };
  /** @type {string[]} */
  let names = ["engine"];
  const options = args.slice(0, split);
  while (options.length > 0) {
    const option = options.shift() ?? "";
    const value = option.startsWith("--ensure=") ? option.slice("--ensure=".length) : undefined;
    if (option !== "--ensure" && value === undefined)
      return { problem: `unknown option ${option}` };
    names = (value ?? options.shift() ?? "")
      .split(",")
      .filter((name) => name !== "" && name !== "none");
    const unknown = names.find((name) => !(name in groups));
    if (unknown !== undefined)
      return { problem: `--ensure ${unknown}: write ${Object.keys(groups).join(", ")} or none` };
  }
  return { ensure: names, command };
}

/** @param {string[]} args @returns {Promise<number>} exit code */
async function main(args) {
  if (args[0] === "--help" || args[0] === "-h") {
    process.stdout.write(usage);
    return 0;
  }
  const parsed = parseArguments(args);
  if ("problem" in parsed) {
    process.stderr.write(`run.mjs: ${parsed.problem}\n\n${usage}`);
    return 2;
  }
  const project = openProject();
  const code =
    parsed.ensure.length === 0 ? 0 : await ensure(project, parsed.ensure, { quiet: true });
  if (code !== 0) return code;
  const [command = "", ...rest] = parsed.command;
  return runInForeground(command, rest, { env: await projectEnvironment() });
}

try {
  if (isMain(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(explain(error).join("\n") + "\n");
  process.exitCode = 1;
}
