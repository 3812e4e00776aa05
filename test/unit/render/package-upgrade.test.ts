import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fleetTraits } from "../../../fleet/traits";
import { engineStep, engineStepSeconds } from "../../../render/engine";
import { engineMeaning } from "../../../render/meaning";
import { packageUpgrade } from "../../../render/package-upgrade";
import { hostOf, samplePlan } from "./sample-plan";

const containers = samplePlan();
const machines = { ...samplePlan(), fleet: "prepared" as const, traits: fleetTraits.prepared };
const updated = "2026-12-24T08:00:00Z";
const step = (plan: typeof containers | typeof machines): string =>
  engineStep(plan, hostOf(plan, 0), "certificate");

describe("the step of the Docker Engine", () => {
  test("is what it was on servers that were never updated, and on containers in any case", () => {
    expect(step({ ...containers, updated })).toBe(step(containers));
    expect(engineStepSeconds({ ...containers, updated })).toBe(engineStepSeconds(containers));
    expect(step(machines)).not.toContain("upgrade");
    expect(engineMeaning(machines, hostOf(machines, 0))).not.toHaveProperty("packagesUpgraded");
  });

  test("upgrades packages of machines, has time for it, and a preview shows it", () => {
    const plan = { ...machines, updated };
    expect(step(plan)).toContain("upgrade-packages");
    expect(engineStepSeconds(plan)).toBeGreaterThan(engineStepSeconds(machines));
    expect(engineMeaning(plan, hostOf(plan, 0))["packagesUpgraded"]).toBe(updated);
    for (const text of [step(plan)]) {
      expect(spawnSync("bash", ["-n", "-c", text], { encoding: "utf8" }).stderr).toBe("");
    }
  });
});

describe("an upgrade of packages", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hive-upgrade-"));
    program("dpkg", `echo "dpkg $*" >> ${folder}/done`);
    program("systemctl", "exit 0");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Puts a program of this name first in the path. */
  function program(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/bash\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }

  /** An apt-get that would upgrade these packages, and writes down what it was really told. */
  const apt = (...packages: string[]): void =>
    program(
      "apt-get",
      `case "$*" in
        *--simulate*) printf 'Inst %s [1] (2 Debian)\\n' ${packages.join(" ")} ;;
        *) echo "apt-get $*" >> ${folder}/done ;;
      esac`,
    );
  /** A docker that is one of three managers; it is asked to drain at most. */
  const docker = (other: string): void =>
    program(
      "docker",
      `case "$*" in
        "node ls"*) printf '%s\\n' 'true one Ready Leader' 'false two Ready ${other}' ;;
        *ControlAvailable*) echo true ;;
        *LocalNodeState*) echo active ;;
        *Reachability*) echo 'ready reachable' ;;
        *Availability*) echo active ;;
        "node update"*) echo "docker $*" >> ${folder}/done ;;
        ps*) ;;
      esac`,
    );

  /** Runs its commands in turn as a converge step does; gives what was done, and what was said. */
  function run(): { status: number; said: string; done: readonly string[] } {
    const commands = packageUpgrade({ ...machines, updated })?.reactions[0]?.run ?? [];
    let said = "";
    let status = 0;
    for (const command of commands) {
      const here = command
        .replaceAll("/var/lib/hive/", `${folder}/`)
        .replaceAll(/SECONDS \+ \d+/g, "SECONDS + 1");
      const ended = spawnSync("bash", ["-euo", "pipefail", "-c", here], {
        encoding: "utf8",
        env: { PATH: `${folder}:/usr/bin:/bin` },
        stdio: ["ignore", "pipe", "pipe"],
      });
      said += ended.stdout + ended.stderr;
      status = ended.status ?? 1;
      if (status !== 0) break;
    }
    const file = join(folder, "done");
    const done = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    return { status, said, done };
  }

  test("completes what was left half done, keeps configuration files and asks nobody", () => {
    apt("openssl");
    docker("Reachable");
    const { status, done } = run();
    expect(status).toBe(0);
    expect(done).toEqual([
      expect.stringContaining("dpkg --configure --pending"),
      expect.stringMatching(/ update$/),
      expect.stringMatching(/--force-confold .*--yes upgrade$/),
    ]);
  });

  test("lets the tasks leave before the Docker Engine is upgraded, and come back", () => {
    apt("openssl", "docker.io");
    docker("Reachable");
    const { status, done } = run();
    expect(status).toBe(0);
    expect(done.map((line) => line.replace(/^(\S+) .*\s(\S+(?: \S+)?)$/, "$1 $2"))).toEqual([
      expect.stringContaining("dpkg"),
      expect.stringContaining("update"),
      expect.stringContaining("drain"),
      expect.stringContaining("upgrade"),
      expect.stringContaining("active"),
    ]);
  });

  test("waits while another manager is away, if the Docker Engine would restart", () => {
    apt("containerd");
    docker("Unreachable");
    const { status, said, done } = run();
    expect(status).toBe(1);
    expect(said).toContain("these managers of the Swarm cannot be reached now: two");
    expect(done.join()).not.toContain("upgrade");
  });

  test("of other packages needs nobody else", () => {
    apt("openssl");
    docker("Unreachable");
    expect(run().status).toBe(0);
  });
});
