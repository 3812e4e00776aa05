import { spawnSync } from "node:child_process";

/** A process and the command line that it runs. */
export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** What a process has started, directly and through others, with itself first. */
export function processTree(pid: number): readonly RunningProcess[] {
  const { stdout } = spawnSync("ps", ["-Ao", "pid=,ppid=,args="], { encoding: "utf8" });
  const all = stdout.split("\n").flatMap((line) => {
    const [, id, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [{ pid: Number(id), parent: Number(parent), command }];
  });
  const below = (parent: number): readonly RunningProcess[] =>
    all
      .filter((each) => each.parent === parent)
      .flatMap(({ pid: id, command }) => [{ pid: id, command }, ...below(id)]);
  const own = all.find((each) => each.pid === pid);
  return [...(own === undefined ? [] : [{ pid, command: own.command }]), ...below(pid)];
}

/**
 * Ends a process and everything that it has started, and says what that was: what a run that hangs
 * waited for is seen there.
 */
export function killTree(pid: number): string {
  const tree = processTree(pid);
  for (const each of tree) {
    try {
      process.kill(each.pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
  return tree.map(({ command }) => `  ${command.slice(0, 120)}`).join("\n");
}
