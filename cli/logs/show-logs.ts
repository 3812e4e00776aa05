import type { HostAccess } from "../../providers/transport/host-access";
import type { Style, Terminal } from "../terminal";
import { followHostLogs, type LogRequest, type LogSink, readHostLogs } from "./host-logs";
import type { TaskLabel } from "./label";
import { type LabelledLine, LogMerge } from "./merge";

/** Where lines go to. */
export interface LogOutput {
  readonly terminal: Pick<Terminal, "paint" | "print" | "printError">;
  /** Print the time before each line. */
  readonly timestamps: boolean;
}

/** Colours of tasks, in turn. */
const colours: readonly Style[] = ["cyan", "green", "yellow", "bold"];
/** Lines that arrive within this time are sorted by time, milliseconds. */
const windowMs = 250;
/** How long to wait for earlier lines before the first ones are shown. */
const firstWindowMs = 1000;

/**
 * Prints what the tasks of a service on these hosts have printed, in the order of time.
 *
 * @param silence - the note when that is nothing, and there is no other note either
 */
export async function showLogs(
  hosts: readonly HostAccess[],
  request: LogRequest,
  output: LogOutput,
  silence = "",
): Promise<void> {
  const printer = new LogPrinter(output);
  await Promise.all(hosts.map((host) => readHostLogs(host, request, printer)));
  printer.flush();
  if (silence !== "" && !printer.hasPrinted) printer.note(silence);
}

/** Prints what the tasks of a service on these hosts print, until `signal` is aborted. */
export async function followLogs(
  hosts: readonly HostAccess[],
  request: LogRequest,
  output: LogOutput,
  signal: AbortSignal,
): Promise<void> {
  const printer = new LogPrinter(output);
  const first = Date.now() + firstWindowMs;
  const timer = setInterval(() => {
    if (Date.now() >= first) printer.flush();
  }, windowMs);
  try {
    await Promise.all(hosts.map((host) => followHostLogs(host, request, printer, signal)));
  } finally {
    clearInterval(timer);
    printer.flush();
  }
}

/** Collects lines of all tasks and prints them in the order of time. */
class LogPrinter implements LogSink {
  private readonly merge = new LogMerge();
  private readonly colourOf = new Map<string, Style>();
  private width = 0;
  /** Whether anything was printed: a line or a note. */
  hasPrinted = false;

  constructor(private readonly output: LogOutput) {}

  lines(task: TaskLabel, lines: Parameters<LogSink["lines"]>[1]): void {
    this.width = Math.max(this.width, task.label.length);
    this.merge.add(task.label, lines);
  }

  note(text: string): void {
    const { terminal } = this.output;
    this.hasPrinted = true;
    terminal.printError(terminal.paint("yellow", text));
  }

  /** Prints all lines that have arrived. */
  flush(): void {
    for (const line of this.merge.drain()) this.print(line);
  }

  private print({ source, time, stream, text }: LabelledLine): void {
    const { terminal, timestamps } = this.output;
    this.hasPrinted = true;
    const head = terminal.paint(this.colour(source), `${source.padEnd(this.width)} |`);
    const line = [head, ...(timestamps ? [time] : []), text].join(" ").trimEnd();
    if (stream === "stderr") terminal.printError(line);
    else terminal.print(line);
  }

  private colour(source: string): Style {
    const known = this.colourOf.get(source);
    if (known !== undefined) return known;
    const next = colours[this.colourOf.size % colours.length] ?? "bold";
    this.colourOf.set(source, next);
    return next;
  }
}
