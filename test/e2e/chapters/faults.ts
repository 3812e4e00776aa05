import { readdirSync, readFileSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import type { StageUnderTest } from "../stage-under-test";
import { docker } from "../test-stage";

/** Faults that strike while a run goes on. Whatever became of that run, the next one ends in a correct site. */
export function faults(site: StageUnderTest): void {
  const { stage } = site;
  let release = 100;

  /** Edits webgate, so that a run has something to roll out; with `image`, also a new layer to build, push and pull. */
  const change = (image: boolean): void => {
    release += 1;
    const service = stage.read("site/services/webgate.ts");
    stage.write(
      "site/services/webgate.ts",
      service.replace(/RELEASE: "[0-9]+"/, `RELEASE: "${release}"`),
    );
    if (!image) return;
    const dockerfile = stage.read("site/images/webgate/Dockerfile");
    const layer = `RUN head -c 3000000 /dev/urandom > /tmp/edition-${release}`;
    stage.write(
      "site/images/webgate/Dockerfile",
      `${dockerfile.replace(/\nUSER root\nRUN head [^]*$/, "").trimEnd()}\nUSER root\n${layer}\nUSER www-data\n`,
    );
  };

  /** Starts `hive up`, lets the fault strike after some seconds, and waits for the run's end. */
  const during = async (
    seconds: number,
    strike: (run: ChildProcess) => void,
  ): Promise<{ readonly code: number | null; readonly output: string }> => {
    const run = stage.start(["up", "--yes"], "pipe");
    let output = "";
    for (const stream of [run.stdout, run.stderr]) {
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    const ended = new Promise<number | null>((resolve) => run.once("close", resolve));
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    // A fault that comes too late would prove nothing.
    expect([run.exitCode, output]).toEqual([null, output]);
    strike(run);
    return { code: await ended, output };
  };
  const correct = async (): Promise<void> => {
    await site.up();
    await site.pages(
      (text, index) => site.namesItsHost(text, index) && text.includes(`id="release">${release}<`),
    );
    expect(await site.changesOf("preview")).toBe("");
    expect(await site.changesOf("refresh", "--yes", "--skip-preview")).toBe("");
  };

  describe("a fault while a run goes on ends in a correct site after another run", () => {
    it("the engine is killed with SIGKILL", async () => {
      change(true);
      let killed = 0;
      const { code } = await during(6, (run) => {
        for (const pid of descendants(run.pid ?? 0)) {
          if (!/(^|\/)pulumi\0/.test(commandOf(pid))) continue;
          process.kill(pid, "SIGKILL");
          killed += 1;
        }
      });
      expect(killed).toBeGreaterThan(0);
      expect(code).not.toBe(0);
      await correct();
    });

    it("SSH to a server is cut for some seconds", async () => {
      change(false);
      const rule =
        "add table inet cut; add chain inet cut in { type filter hook input priority -300; }";
      await during(4, () => {
        site.onHost(0, `nft '${rule}; add rule inet cut in tcp dport 22 drop'`);
        setTimeout(() => site.onHost(0, "nft delete table inet cut"), 15_000);
      });
      site.onHost(0, "nft delete table inet cut 2> /dev/null || true");
      await correct();
    });

    it("a manager is killed", async () => {
      change(false);
      await during(4, () => docker("kill", site.host(2)));
      await correct();
    });

    it("the registry is stopped", async () => {
      change(true);
      await during(2, () => site.onHost(3, "systemctl stop hive-registry"));
      await correct();
      expect(site.onHost(3, "systemctl is-active hive-registry")).toBe("active");
    });

    it("the disk of one server is full", async () => {
      change(true);
      // Where an engine keeps what it downloads: a small disk of its own in its place.
      const folder = "/var/lib/docker/tmp";
      const { code, output } = await during(1, () =>
        site.onHost(1, `mount -t tmpfs -o size=4k tmpfs ${folder}`),
      );
      site.onHost(1, `umount ${folder}`);
      expect(code).not.toBe(0);
      expect(output).toMatch(new RegExp(`${site.host(1)}[^]*no space left on device`));
      await correct();
    });
  });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    // It has ended meanwhile.
    return "";
  }
}

/** Processes that a process has started, and those that these have started. */
function descendants(pid: number): number[] {
  const children = readdirSync("/proc")
    .map(Number)
    .filter((each) => each > 0 && parentOf(each) === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field, the program's name, may contain anything: fields are counted from its closing parenthesis.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}
