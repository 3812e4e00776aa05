import type { StageUnderTest } from "../stage-under-test";

export function drift(site: StageUnderTest): void {
  describe("what was damaged by hand", () => {
    it("is found by a refresh and mended by up: a label, the heartbeat, the service, a host's files and units", async () => {
      site.onHost(1, "echo '# by hand' >> /etc/sysctl.d/80-hive.conf");
      site.onHost(3, "systemctl stop hive-registry.service");
      site.onHost(0, `docker node update --label-rm hive.zone ${site.host(2)}`);
      site.onHost(0, "docker swarm update --dispatcher-heartbeat 9s");
      site.onHost(0, "docker service update --detach --env-add SABOTAGE=1 portal");
      const found = await site.changesOf("preview", "--refresh", "--diff");
      expect(found).toContain("SABOTAGE");
      expect(found).toContain("heartbeatSeconds");
      expect(found).toContain("hive.zone");
      expect(found).toContain("differs: /etc/sysctl.d/80-hive.conf");
      expect(found).toContain("differs: hive-registry.service: enabled and started");
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
          "docker service inspect portal --format '{{.Spec.TaskTemplate.ContainerSpec.Env}}'",
        ),
      ).not.toContain("SABOTAGE");
      expect(site.onHost(1, "grep -c 'by hand' /etc/sysctl.d/80-hive.conf || true")).toBe("0");
      expect(site.onHost(3, "systemctl is-active hive-registry.service")).toBe("active");
      expect(await site.changesOf("refresh", "--yes", "--skip-preview")).toBe("");
      await site.pages(site.namesItsHost);
    });
  });
}
