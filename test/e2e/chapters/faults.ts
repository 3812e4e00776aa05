import type { ChildProcess } from "node:child_process";
import { descendants, killAll, type RunningProcess } from "../process-tree";
import type { StageUnderTest } from "../stage-under-test";
import { eventually } from "../test-stage";

/** Lines of progress by which a run shows what it is in the middle of. */
const moments = {
  /**
   * An image is being built on the repository server; pushing, pulling and rolling out come after
   * it.
   */
  building: /^build-images +started$/m,
  /**
   * The engine changes the portal, task by task, and the run looks on through one of the managers.
   */
  rollingOut: /^deploy-services +portal: the change is being rolled out/m,
};

/**
 * How errors about hosts say what to do: the host is to be looked after, or the run to be repeated.
 */
const remedy =
  /\brun(ning)? (`npx hive up` )?again|Is the host (still )?up|Bring back enough managers/i;

/** What became of a run. */
interface RunEnd {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Faults that strike while a run goes on. Whatever became of that run, the next one ends in a
 * correct site.
 */
export function faults(site: StageUnderTest): void {
  const { stage } = site;
  let release = 100;

  /**
   * Edits the portal, so that a run has something to roll out; with `image`, also a new layer to
   * build, push and pull.
   */
  const change = (image: boolean): void => {
    release += 1;
    const service = stage.read("site/services/portal.ts");
    const edition = `  environment: { RELEASE: "${release}" },\n`;
    stage.write(
      "site/services/portal.ts",
      service
        .replace(/ {2}environment: .*\n/, "")
        .replace("  mode: { replicas: 2 },\n", `  mode: { replicas: 2 },\n${edition}`),
    );
    if (!image) return;
    const dockerfile = stage.read("site/images/portal/Dockerfile");
    const layer = `RUN head -c 3000000 /dev/urandom > /tmp/edition-${release}`;
    stage.write(
      "site/images/portal/Dockerfile",
      `${dockerfile.replace(/\nUSER root\nRUN head [^]*$/, "").trimEnd()}\nUSER root\n${layer}\nUSER www-data\n`,
    );
  };

  /**
   * Starts `hive up`, lets the fault strike when the run says that it is at `moment`, and waits for
   * the run's end.
   */
  const during = async (
    moment: RegExp,
    strike: (run: ChildProcess) => void | Promise<void>,
  ): Promise<RunEnd> => {
    const run = stage.start(["up", "--yes"]);
    let output = "";
    for (const stream of [run.stdout, run.stderr]) {
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    const ended = new Promise<number | null>((resolve) => run.once("close", resolve));
    try {
      await eventually(180, () =>
        moment.test(output) || run.exitCode !== null ? true : undefined,
      );
      // A fault that comes too late, or before anything is done, would prove nothing.
      expect({ exitCode: run.exitCode, output }).toEqual({
        exitCode: null,
        output: expect.stringMatching(moment) as string,
      });
      await strike(run);
    } catch (error) {
      // The run would hold the stage's lock under the tests that follow.
      run.kill();
      await ended;
      throw error;
    }
    return { code: await ended, output };
  };

  /**
   * The cluster host through which a run that goes on talks to the Swarm: whose SSH it keeps busy.
   */
  const hostInUse = (): Promise<number> =>
    eventually(20, () =>
      [0, 1, 2].find(
        (index) =>
          site.onHost(index, "ss -Htn state established '( sport = :22 )' | wc -l") !== "0",
      ),
    );

  /** Releases of the portal's tasks on some cluster hosts. */
  const editions = (hosts: readonly number[]): readonly number[] =>
    hosts.flatMap((index) =>
      site
        .onHost(
          index,
          "docker ps --quiet --filter label=com.docker.swarm.service.name=portal | xargs --no-run-if-empty docker inspect --format '{{.Config.Env}}'",
        )
        .split("\n")
        .flatMap((line) => /RELEASE=(\d+)/.exec(line)?.[1] ?? [])
        .map(Number),
    );

  /**
   * A run under a fault has ended well, and then what it was to do is done wherever a server lives;
   * or it has failed, and then it has named the server and said what to do.
   */
  const gotAlongOrSaidWhy = (
    { code, output }: RunEnd,
    struck: number,
    living: readonly number[],
  ): void => {
    console.log(`With ${site.host(struck)} struck, hive up ended with code ${code}.`);
    // 5: done, and the struck server is what is wrong.
    if (code !== 0 && code !== 5) {
      const said = output.slice(output.search(moments.rollingOut));
      expect(said).toContain(site.host(struck));
      expect(said).toMatch(remedy);
      return;
    }
    expect(output).toContain(
      code === 0
        ? `The private stage of ${stage.siteName} is up.`
        : `The run is done, but the private stage of ${stage.siteName} is not whole`,
    );
    expect([...new Set(editions(living))]).toEqual([release]);
  };

  const correct = async (): Promise<void> => {
    await site.up();
    await site.pages(site.namesItsHost);
    await eventually(30, () =>
      editions([0, 1, 2]).join() === `${release},${release}` ? true : undefined,
    );
    // Nothing to change, and the servers are as the state says.
    expect(await site.changesOf("preview", "--refresh")).toBe("");
  };

  describe("a fault while a run goes on ends in a correct site after another run", () => {
    it("the engine is killed with SIGKILL", async () => {
      change(true);
      let started: readonly RunningProcess[] = [];
      const isEngine = ({ command }: RunningProcess) => /(^|\/)pulumi\0/.test(command);
      const { code } = await during(moments.building, (run) => {
        started = descendants(run.pid ?? 0);
        killAll(started.filter(isEngine));
      });
      expect(started.filter(isEngine).length).toBeGreaterThan(0);
      expect(code).not.toBe(0);
      await correct();
      // The engine's language host does not notice that nobody asks it any more.
      killAll(started);
    });

    it("SSH to a server is cut for some seconds", async () => {
      change(false);
      const table = "table inet cut";
      const rule = "tcp dport 22 counter drop";
      const chain = "{ type filter hook input priority -300; }";
      let struck = 0;
      let dropped = 0;
      let mended: Promise<void> = Promise.resolve();
      const end = await during(moments.rollingOut, async () => {
        struck = await hostInUse();
        site.onHost(
          struck,
          `nft 'add ${table}; add chain inet cut in ${chain}; add rule inet cut in ${rule}'`,
        );
        mended = new Promise((resolve) => setTimeout(resolve, 15_000)).then(() => {
          const counted = /counter packets (\d+)/.exec(site.onHost(struck, `nft list ${table}`));
          dropped = Number(counted?.[1] ?? 0);
          site.onHost(struck, `nft delete ${table}`);
        });
      });
      await mended;
      // What the run sent to this server did not arrive.
      expect(dropped).toBeGreaterThan(0);
      gotAlongOrSaidWhy(end, struck, [0, 1, 2]);
      await correct();
    });

    it("the manager through which it works is killed", async () => {
      change(false);
      let struck = 0;
      const end = await during(moments.rollingOut, async () => {
        struck = await hostInUse();
        site.kill(struck);
      });
      gotAlongOrSaidWhy(
        end,
        struck,
        [0, 1, 2].filter((index) => index !== struck),
      );
      await correct();
    });

    it("the registry is stopped", async () => {
      change(true);
      await during(moments.building, () => {
        // A run that begins to push starts the registry, and systemd drops a stop that was under
        // way.
        const stop = "systemctl stop hive-registry";
        site.onHost(3, `${stop} || ${stop} || ${stop}`);
      });
      await correct();
      expect(site.onHost(3, "systemctl is-active hive-registry")).toBe("active");
    });

    it("the disk of one server is full", async () => {
      change(true);
      // Where an engine keeps what it downloads: a small disk of its own in its place.
      const folder = "/var/lib/docker/tmp";
      const { code, output } = await during(moments.building, () => {
        site.onHost(1, `mount -t tmpfs -o size=4k tmpfs ${folder}`);
      });
      site.onHost(1, `umount ${folder}`);
      expect(code).not.toBe(0);
      expect(output).toMatch(new RegExp(`${site.host(1)}[^]*no space left on device`));
      await correct();
    });
  });
}
