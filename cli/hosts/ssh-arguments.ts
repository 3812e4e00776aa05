import { commandLine } from "../../render/shell";

/** What `hive ssh` was asked for. */
export interface SshRequest {
  readonly configFile: string;
  /** The host's full name. */
  readonly host: string;
  /** Words after `--`; none for a login. */
  readonly command: readonly string[];
  /** Standard input and output are a terminal. */
  readonly interactive: boolean;
}

/**
 * Arguments for OpenSSH. It joins the words of a command with blanks and lets the remote shell read
 * the result, so several words are quoted, and the program there gets exactly these words. A single
 * word is a command line for the remote shell, with all that a shell can do
 * (`hive ssh hive0 -- 'docker ps | wc -l'`).
 */
export function sshArguments(request: SshRequest): readonly string[] {
  const { configFile, host, command, interactive } = request;
  const [line, ...more] = command;
  const options = ["-F", configFile];
  if (line === undefined) return [...options, host];
  // A terminal for the command too, so that `-- sudo htop` works and Ctrl-C reaches it.
  if (interactive) options.push("-t");
  return [...options, host, "--", more.length === 0 ? line : commandLine(...command)];
}
