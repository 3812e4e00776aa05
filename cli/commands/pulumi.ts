import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { changesConfig, withConfigChanges, withEncryption } from "../pulumi/config-changes";
import { fetchStageKey } from "../hosts/stage-key";
import { openStack } from "../pulumi/open-stack";
import { runEnvironment } from "../pulumi/partial-run";
import { pulumiArguments, stageOfArguments } from "../pulumi/pulumi-arguments";
import type { Stack } from "../pulumi/stack";
import { exitCodes } from "../exit-codes";

/** `hive pulumi`: any command of Pulumi on a stage; returns Pulumi's exit code. */
export async function pulumi(options: {
  readonly stack: string;
  readonly args: readonly string[];
}): Promise<number> {
  const stage = stageOfArguments(options.args) ?? options.stack;
  const stack = await openStack(stage);
  await stack.ensure();
  if (reachesServers(options.args)) {
    await fetchStageKey(stack, (await stack.currentState()).resources);
  }
  const { configFile } = stack.folder;
  const args = pulumiArguments(options.args, { name: stage, configFile });
  const changes = changesConfig(args) && args.includes(configFile);
  const before = changes ? readFileSync(configFile, "utf8") : "";
  const code = await inForeground(stack, args);
  if (changes && code === exitCodes.ok) commitChanges(stack, before);
  return code;
}

/** Whether a command of Pulumi's looks at resources. */
function reachesServers(args: readonly string[]): boolean {
  return args.some((arg) => ["preview", "up", "update", "refresh", "destroy"].includes(arg));
}

/**
 * Carries values that a command wrote into the generated configuration over to the committed file:
 * the next run reads that one.
 */
function commitChanges(stack: Stack, before: string): void {
  const committed = readFileSync(stack.committedFile, "utf8");
  const after = readFileSync(stack.folder.configFile, "utf8");
  const changed = withConfigChanges(committed, before, after);
  const text = stack.isLocal ? changed : withEncryption(changed, after);
  if (text !== committed) writeFileSync(stack.committedFile, text);
}

async function inForeground(stack: Stack, args: readonly string[]): Promise<number> {
  return await new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, {
      cwd: stack.pulumi.project,
      env: runEnvironment(stack.pulumi.env, args),
      stdio: "inherit",
    });
    // On a terminal, Pulumi gets Ctrl-C from the terminal; elsewhere it is passed on. In both cases
    // this process waits for Pulumi.
    process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? exitCodes.failed));
  });
}
