import { spawn } from "node:child_process";
import { openStack } from "../engine/open-stack";
import { pulumiArguments } from "../engine/pulumi-arguments";
import { exitCodes } from "../exit-codes";

/** `hive pulumi`: any command of the engine on a stage; returns the engine's exit code. */
export async function pulumi(options: {
  readonly stack: string;
  readonly args: readonly string[];
}): Promise<number> {
  const stack = await openStack(options.stack);
  await stack.ensure();
  const args = pulumiArguments(options.args, {
    name: options.stack,
    configFile: stack.folder.configFile,
  });
  return await new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, {
      cwd: stack.engine.project,
      env: stack.engine.env,
      stdio: "inherit",
    });
    // From a terminal the engine gets Ctrl-C itself; from elsewhere it is passed on. Either way it is waited for.
    process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? exitCodes.failed));
  });
}
