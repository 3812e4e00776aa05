import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { findHost } from "../hosts/host-name";
import type { StageOutputs } from "../hosts/outputs";
import { sshArguments } from "../hosts/ssh-arguments";
import { knownHosts, sshConfig } from "../hosts/ssh-files";
import { stageOutputs } from "../hosts/stage-outputs";
import { operatorKeys } from "../../providers/transport/operator-key";
import { privateFolder, stageFolder } from "../project";

/** `hive ssh`: logs in to a host or runs a command there; returns the command's exit code. */
export async function ssh(options: {
  readonly stack: string;
  readonly host: string;
  readonly command: readonly string[];
}): Promise<number> {
  const outputs = await stageOutputs(options.stack);
  const { name } = findHost(outputs.access, options.host);
  const args = sshArguments({
    configFile: await writeSshFiles(options.stack, outputs),
    host: name,
    command: options.command,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
  });
  return await new Promise((resolve, reject) => {
    // Ctrl-C is for the remote command: OpenSSH gets it from the terminal itself.
    process.on("SIGINT", () => undefined);
    const child = spawn("ssh", args, { stdio: "inherit" });
    child.once("error", (error) => {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      reject(missing ? missingClient() : error);
    });
    child.once("close", (code) => resolve(code ?? exitCodes.failed));
  });
}

/** Writes what OpenSSH needs to know. @returns the configuration's path */
async function writeSshFiles(stage: string, outputs: StageOutputs): Promise<string> {
  const { ssh: folder, sockets } = stageFolder(stage);
  privateFolder(folder);
  const paths = {
    knownHosts: join(folder, "known_hosts"),
    sockets: privateFolder(sockets),
  };
  const config = join(folder, "config");
  const keys = await operatorKeys(stage);
  const keyFiles = keys.flatMap(({ login }) => ("file" in login ? [login.file] : []));
  writeFileSync(paths.knownHosts, knownHosts(outputs.access), { mode: 0o600 });
  writeFileSync(
    config,
    sshConfig(outputs.access, paths, {
      keyFiles,
      agent: keys.some(({ login }) => "agent" in login),
    }),
    { mode: 0o600 },
  );
  return config;
}

function missingClient(): Failure {
  return new Failure(
    "The OpenSSH client (`ssh`) is missing on this computer. Install it: `apt-get install openssh-client` on Debian and Ubuntu,\n" +
      "`dnf install openssh-clients` on Fedora; macOS has it; on Windows it is an optional feature of the system.",
    exitCodes.prerequisite,
  );
}
