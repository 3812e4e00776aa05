import { readdirSync, readFileSync } from "node:fs";

/** A process and the command line that it runs, its words separated by NUL. */
export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes that a process has started, and those that these have started. */
export function descendants(pid: number): readonly RunningProcess[] {
  const children = readdirSync("/proc")
    .map(Number)
    .filter((each) => each > 0 && parentOf(each) === pid);
  return children.flatMap((child) => [
    { pid: child, command: commandOf(child) },
    ...descendants(child),
  ]);
}

/** Ends the processes that still run, and nobody who has got the number of one since. */
export function killAll(processes: readonly RunningProcess[]): void {
  for (const { pid, command } of processes) {
    if (command === "" || commandOf(pid) !== command) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}

/**
 * Ends a process and everything that it has started, and says what that was, a line for each: what
 * a run that hangs waited for is seen there.
 */
export function killTree(pid: number): string {
  const tree = [{ pid, command: commandOf(pid) }, ...descendants(pid)];
  killAll(tree);
  return tree
    .map(({ command }) => `  ${command.replaceAll("\0", " ").trim().slice(0, 120)}`)
    .join("\n");
}

/** Its command line; empty when it has ended. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    // It has ended meanwhile.
    return "";
  }
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field, the program's name, may contain anything: fields are counted from its
    // closing parenthesis.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}
