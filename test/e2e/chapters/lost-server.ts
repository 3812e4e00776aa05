import { type StageUnderTest, statusPath } from "../stage-under-test";
import { docker, eventually, fetchPage } from "../test-stage";

/** A server that loses its power. */
export function killedServer(site: StageUnderTest): void {
  describe("a lost server", () => {
    it("that was killed leaves the service on the others; with power and an up it is a healthy manager again", async () => {
      site.kill(1);
      for (const index of [0, 2]) {
        const answer = await fetchPage(`http://${site.addresses[index]}${statusPath}`);
        expect(answer?.text).toContain(site.host(index));
      }
      const status = await site.stage.hive(["status"], { deadlineSeconds: 60 });
      expect(status.output).toContain(site.host(1));
      expect(status.seconds).toBeLessThan(20);
      await site.powerOn(1);
      await site.up();
      await site.pages(site.namesItsHost);
      await eventually(60, () =>
        site.onHost(
          0,
          `docker node inspect ${site.host(1)} --format '{{.Status.State}} {{.ManagerStatus.Reachability}}'`,
        ) === "ready reachable"
          ? true
          : undefined,
      );
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}

/** A server that hive made and somebody removed. */
export function removedServer(site: StageUnderTest): void {
  describe("a lost server", () => {
    it("that was removed with its data is built again and rejoins; the dead member is gone", async () => {
      docker("rm", "--force", site.host(2));
      docker("volume", "rm", `${site.host(2)}-docker`);
      await site.up();
      const nodes = site
        .onHost(0, "docker node ls --format '{{.Hostname}} {{.Status}}'")
        .split("\n")
        .sort();
      expect(nodes).toEqual([0, 1, 2].map((index) => `${site.host(index)} Ready`));
      await site.pages(site.namesItsHost);
      expect(await site.changesOf("refresh", "--yes", "--skip-preview")).toBe("");
    });
  });
}

/** A server that is replaced on purpose, and a whole stage that is switched off for a while. */
export function replacedServer(site: StageUnderTest): void {
  describe("a server that is replaced on purpose", () => {
    const { stage } = site;
    const idOf = (index: number): string =>
      docker("inspect", "--format", "{{.Id}}", site.host(index));
    /** A server that has no service's only task: others are replaced with `--force` alone. */
    const withoutOnlyTask = (): number =>
      [0, 1, 2].find((each) => each !== site.hostOf("ldap")) ?? 0;

    it("is another one afterwards, and a manager; the others are the same and serve meanwhile", async () => {
      const before = [0, 1, 2].map(idOf);
      const index = withoutOnlyTask();
      const watch = site.watchPages();
      const run = await stage.hive(["replace", `hive${index}`, "--yes"], { deadlineSeconds: 600 });
      const { mostAway } = await watch.end();
      expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
      expect(mostAway).toBeLessThanOrEqual(1);
      const after = [0, 1, 2].map(idOf);
      expect(after.map((id, each) => id === before[each])).toEqual(
        [0, 1, 2].map((each) => each !== index),
      );
      const nodes = site
        .onHost(0, "docker node ls --format '{{.Hostname}} {{.Status}} {{.Availability}}'")
        .split("\n")
        .sort();
      expect(nodes).toEqual([0, 1, 2].map((each) => `${site.host(each)} Ready Active`));
      await site.pages(site.namesItsHost);
      expect(await site.changesOf("preview")).toBe("");
    });

    it("is not replaced while another one is away, unless that is asked for", async () => {
      const index = withoutOnlyTask();
      const away = [0, 1, 2].find((each) => each !== index) ?? 0;
      site.kill(away);
      const run = await stage.hive(["replace", `hive${index}`, "--yes"]);
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(`hive${index} was not replaced; nothing was changed:`);
      expect(run.output).toContain(`hive${away}`);
      await site.up();
    });
  });

  describe("a stage that is switched off", () => {
    const { stage } = site;

    it("serves again when it is switched on, and nothing has changed", async () => {
      const stop = await stage.hive(["stop", "--yes"]);
      expect([stop.code, stop.code === 0 ? "" : stop.output]).toEqual([0, ""]);
      const running = docker("ps", "--format", "{{.Names}}").split("\n");
      expect(running.filter((name) => [0, 1, 2, 3].map(site.host).includes(name))).toEqual([]);
      const start = await stage.hive(["start", "--yes"], { deadlineSeconds: 600 });
      expect([start.code, start.code === 0 ? "" : start.output]).toEqual([0, ""]);
      await site.pages(site.namesItsHost);
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
