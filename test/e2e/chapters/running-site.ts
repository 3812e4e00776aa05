import type { StageUnderTest } from "../stage-under-test";

/** What a stage is once it is up. */
export function runningSite(site: StageUnderTest): void {
  describe("the site that runs", () => {
    it("serves a page that names the host, the release and the time, on every cluster host", async () => {
      const before = Date.now();
      const texts = await site.pages(site.namesItsHost);
      for (const text of texts) {
        expect(text).toMatch(/id="release">[0-9a-f]{12}</);
        const shown = /id="time"[^>]*>([^<]+)</.exec(text)?.[1] ?? "";
        expect(Math.abs(new Date(shown).getTime() - before)).toBeLessThan(60_000);
      }
    });

    it("forms a Swarm of three managers with the heartbeat that was asked for; the repository server is no member", () => {
      const nodes = site
        .onHost(0, "docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'")
        .split("\n");
      expect(nodes.map((line) => line.split(" ")[0]).sort()).toEqual([
        site.host(0),
        site.host(1),
        site.host(2),
      ]);
      expect(nodes.filter((line) => /Ready (Leader|Reachable)/.test(line))).toHaveLength(3);
      expect(
        site.onHost(0, "docker info --format '{{.Swarm.Cluster.Spec.Dispatcher.HeartbeatPeriod}}'"),
      ).toMatch(/^2s|2000000000$/);
      expect(site.onHost(3, "docker info --format '{{.Swarm.LocalNodeState}}'")).toBe("inactive");
    });

    it("runs the service by digest, with the image on every cluster host", () => {
      const image = site.onHost(
        0,
        "docker service inspect portal --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}'",
      );
      expect(image).toMatch(
        new RegExp(`^registry\\.${site.stage.siteName}:5000/portal@sha256:[0-9a-f]{64}$`),
      );
      for (const index of [0, 1, 2]) {
        expect(site.onHost(index, `docker image inspect '${image}' --format ok`)).toBe("ok");
      }
    });

    it("lets nobody in without a key, and root not at all", () => {
      const attempt = (user: string): string =>
        site.onHost(
          1,
          `ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o ConnectTimeout=5 ${user}@${site.privateAddresses[0]} true 2>&1 || true`,
        );
      expect(attempt("hive")).toMatch(/Permission denied/);
      expect(attempt("root")).toMatch(/Permission denied/);
    });
  });
}
