import type { StageUnderTest } from "../stage-under-test";

export function drift(site: StageUnderTest): void {
  describe("what was damaged by hand", () => {
    it("is found by a refresh and mended by up: a label, the heartbeat, the service", async () => {
      site.onHost(0, `docker node update --label-rm hive.zone ${site.host(2)}`);
      site.onHost(0, "docker swarm update --dispatcher-heartbeat 9s");
      site.onHost(0, "docker service update --detach --env-add SABOTAGE=1 webgate");
      const found = await site.changesOf("preview", "--refresh", "--diff");
      expect(found).toContain("SABOTAGE");
      expect(found).toContain("heartbeatSeconds");
      expect(found).toContain("hive.zone");
      await site.up("--refresh");
      expect(
        site.onHost(
          0,
          `docker node inspect ${site.host(2)} --format '{{index .Spec.Labels "hive.zone"}}'`,
        ),
      ).toBe("zone-c");
      expect(
        site.onHost(
          0,
          "docker service inspect webgate --format '{{.Spec.TaskTemplate.ContainerSpec.Env}}'",
        ),
      ).not.toContain("SABOTAGE");
      expect(await site.changesOf("refresh", "--yes", "--skip-preview")).toBe("");
      await site.pages(site.namesItsHost);
    });
  });
}
