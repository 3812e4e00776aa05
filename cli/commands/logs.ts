import { findHost } from "../hosts/host-name";
import { clusterAccess } from "../hosts/outputs";
import { stageOutputs } from "../hosts/stage-outputs";
import { exitCodes } from "../exit-codes";
import { chooseLogs } from "../logs/choose-logs";
import { followLogs, showLogs } from "../logs/show-logs";
import { closeIdleConnections } from "../../providers/transport/pool";
import { processTerminal } from "../terminal";

/** Options of `hive logs`. */
export interface LogsOptions {
  readonly stack: string;
  readonly service: string;
  readonly replica?: number;
  readonly host?: string;
  readonly follow: boolean;
  readonly tail: number | "all";
  /** Seconds since 1970. */
  readonly since?: number;
  readonly timestamps: boolean;
}

/** The note when there is no output; empty if none was asked for. Pure. */
export function silenceText({ tail, since }: Pick<LogsOptions, "tail" | "since">): string {
  if (tail === 0) return "";
  return since === undefined ? "No output yet." : "No output since then.";
}

/** `hive logs`: prints the output of all tasks of a service. */
export async function logs(options: LogsOptions): Promise<number> {
  const terminal = processTerminal();
  const { service, tail } = options;
  const hosts = clusterAccess(await stageOutputs(options.stack));
  let said = false;
  const wanted = await chooseLogs(hosts, options, (text) => {
    said = true;
    terminal.printError(text);
  });
  const request = { service, tail, since: options.since ?? 0, wanted };
  const chosen = options.host === undefined ? hosts : [findHost(hosts, options.host)];
  const output = { terminal, timestamps: options.timestamps };
  if (!options.follow) {
    await showLogs(chosen, request, output, said ? "" : silenceText(options));
    closeIdleConnections();
    return exitCodes.ok;
  }
  const end = new AbortController();
  const stop = (): void => end.abort(new Error("interrupted"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  // `hive logs -f | head`: ends when nobody reads its output any more.
  process.stdout.once("error", stop);
  await followLogs(chosen, request, output, end.signal);
  closeIdleConnections();
  return exitCodes.ok;
}
