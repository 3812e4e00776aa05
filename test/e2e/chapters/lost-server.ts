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
