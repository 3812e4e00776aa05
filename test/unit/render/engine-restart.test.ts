import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineBack, othersReachable } from "../../../render/engine-restart";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hive-engine-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Puts a program of this name first in the path. */
function program(name: string, script: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/bash\n${script}\n`);
  chmodSync(file, 0o755);
}

/** The same command, but it waits only a second. */
const impatient = (command: string): string => command.replace(/end=.*/, "end=$((SECONDS + 1))");

function run(command: string): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", command], {
    encoding: "utf8",
    env: { PATH: `${folder}:/usr/bin:/bin` },
    // With a socket as its input, bash takes itself for a remote shell and reads its start-up file.
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status, said: stdout + stderr };
}

/** A docker that is a manager of a Swarm with these lines of `docker node ls`. */
function manager(...nodes: string[]): void {
  program("systemctl", "exit 0");
  program(
    "docker",
    `case $1 in info) echo true;; node) printf '%s\\n' ${nodes.map((node) => `'${node}'`).join(" ")};; esac`,
  );
}

describe("before an engine restarts", () => {
  test("all other managers must be reachable", () => {
    manager("true one Ready Leader", "false two Ready Reachable", "false three Ready Reachable");
    expect(run(othersReachable)).toEqual({ status: 0, said: "" });
  });

  test("also where another one leads", () => {
    manager("true one Ready Reachable", "false two Ready Leader", "false three Ready Reachable");
    expect(run(othersReachable)).toEqual({ status: 0, said: "" });
  });

  test.each([
    ["unreachable", "false two Ready Unreachable"],
    ["down", "false two Down Reachable"],
  ])("a manager that is %s is named, and nothing restarts", (_, node) => {
    manager("true one Ready Leader", node, "false three Ready Reachable");
    const { status, said } = run(impatient(othersReachable));
    expect(status).toBe(1);
    expect(said).toContain("these managers of the Swarm cannot be reached now: two\n");
  });

  test("its own state is no reason: a restart may be what mends it", () => {
    manager("true one Down Unreachable", "false two Ready Leader", "false three Ready Reachable");
    expect(run(othersReachable).status).toBe(0);
  });

  test("a manager that is not known yet after an election is waited for", () => {
    const tries = join(folder, "tries");
    program("systemctl", "exit 0");
    program(
      "docker",
      `case $1 in
        info) echo true ;;
        node)
          echo try >> ${tries}
          case $(wc -l < ${tries}) in
            1) echo 'no leader' >&2; exit 1 ;;
            2) printf '%s\\n' 'true one Ready Reachable' 'false two Unknown Leader' ;;
            *) printf '%s\\n' 'true one Ready Reachable' 'false two Ready Leader' ;;
          esac ;;
      esac`,
    );
    expect(run(othersReachable)).toEqual({ status: 0, said: "" });
    expect(readFileSync(tries, "utf8")).toBe("try\n".repeat(3));
  });

  test("without a majority nothing restarts", () => {
    program("systemctl", "exit 0");
    program("docker", "case $1 in info) echo true;; node) echo 'no leader' >&2; exit 1;; esac");
    const { status, said } = run(impatient(othersReachable));
    expect(status).toBe(1);
    expect(said).toContain("the Swarm has no majority now (docker node ls failed: no leader)");
  });

  test.each([
    ["that is no manager", "exit 0", "echo false"],
    ["that does not run", "exit 3", "exit 1"],
  ])("an engine %s asks nobody", (_, systemctl, docker) => {
    program("systemctl", systemctl);
    program("docker", docker);
    expect(run(othersReachable)).toEqual({ status: 0, said: "" });
  });
});

describe("after an engine restarted", () => {
  test("one that is in no Swarm is back when it answers", () => {
    program("docker", "echo inactive");
    expect(run(engineBack)).toEqual({ status: 0, said: "" });
  });

  test("a manager is back only when it is ready and reachable", () => {
    const tries = join(folder, "tries");
    program(
      "docker",
      `case "$*" in
        *ControlAvailable*) echo true ;;
        info*) echo active ;;
        node*) echo try >> ${tries}; if [ $(wc -l < ${tries}) -lt 3 ]; then echo 'down unreachable'; else echo 'ready reachable'; fi ;;
      esac`,
    );
    expect(run(`${engineBack}\nwc -l < ${tries}`)).toEqual({ status: 0, said: "3\n" });
  });

  test("one that does not come back fails, with where to look", () => {
    program("docker", "echo 'no answer' >&2; exit 1");
    const { status, said } = run(impatient(engineBack));
    expect(status).toBe(1);
    expect(said).toContain(
      "The Docker Engine was restarted and is not back within 60 s; look with",
    );
    expect(said).toContain("no answer\n");
  });
});
