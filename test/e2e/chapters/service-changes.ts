import { extendSite } from "../extended-site";
import type { StageUnderTest } from "../stage-under-test";
import { extension, noneLeft, Services } from "./service-kinds";

/**
 * What becomes of the services of `serviceModel` when they are damaged, renamed, broken and many.
 */
export function serviceChanges(site: StageUnderTest): void {
  const { stage } = site;
  const { updatedAt, exec, names } = new Services(site);

  describe("services of each kind", () => {
    it("finds what somebody scaled and edited by hand, and mends it", async () => {
      site.inside(0, "docker", "service", "update", "--detach", "--replicas", "3", "bystander");
      site.inside(0, "docker", "service", "update", "--detach", "--limit-cpu", "0.5", "after");
      const found = await site.changesOf("preview", "--refresh", "--diff");
      expect(found).toMatch(/replicas\s*: 3 => 1/);
      expect(found).toContain("cpus");
      await site.up("--refresh");
      expect(site.inspectService("bystander", "{{.Spec.Mode.Replicated.Replicas}}")).toBe("1");
      expect(await site.changesOf("refresh", "--yes", "--skip-preview")).toBe("");
    });

    it("replaces a renamed service without leaving the old one behind", async () => {
      extendSite(stage, extension({ secretVersion: 2, config: "second", probe: "oracle" }));
      await site.up();
      const services = names("service");
      expect(services).toContain("oracle");
      expect(services).not.toContain("probe");
      expect(exec("oracle", "cat", "/etc/greeting")).toBe("second");
    });

    it("does what does not need a service that fails: another one is changed, one is removed", async () => {
      extendSite(
        stage,
        extension({ secretVersion: 2, config: "second", probe: "oracle", broken: true }),
      );
      const run = await stage.hive(["up", "--yes"]);
      expect(run.code).toBe(1);
      expect(run.output).toContain("the probe is bent");
      expect(run.output).toMatch(/oracle failed \(see above\); the rest of the run was done/);
      const services = names("service");
      expect(services).not.toContain("after");
      expect(
        site.inspectService("bystander", "{{.Spec.TaskTemplate.ContainerSpec.Env}}"),
      ).toContain("EDITION=2");
      // The release before serves, and the mended site is one run away.
      expect(exec("oracle", "cat", "/etc/greeting")).toBe("second");
      extendSite(stage, extension({ secretVersion: 2, config: "second", probe: "oracle" }));
      await site.up();
      expect(await site.changesOf("preview")).toBe("");
    });
  });

  describe("twenty more services", () => {
    it("are deployed over at most two connections to a host at a time, and a run without change opens none", async () => {
      const many = Array.from(
        { length: 20 },
        (_, index) =>
          `crowd${index}: { image: { build: "probe" }, networks: [], stopGracePeriod: "1s" }`,
      );
      extendSite(stage, { images: "{ probe: {} }", services: `{ ${many.join(", ")} }` });
      let most = 0;
      const watch = setInterval(() => {
        for (const index of [0, 1, 2, 3]) {
          const count = site.onHost(index, "ss -Htn state established '( sport = :22 )' | wc -l");
          most = Math.max(most, Number(count));
        }
      }, 1000);
      try {
        await site.up();
      } finally {
        clearInterval(watch);
      }
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(2);
      const before = site.logins();
      expect(await site.changesOf("up", "--yes", "--skip-preview")).toBe("");
      expect(site.logins() - before).toBe(0);
    });
  });

  describe("services of a site", () => {
    it("go on when the image of a new one does not build: the rest of the run is done", async () => {
      const before = updatedAt("gate");
      stage.write("site/images/blank/Dockerfile", "FROM debian:trixie-slim\nRUN false\n");
      extendSite(stage, {
        images: "{ blank: {} }",
        services: '{ blank: { image: { build: "blank" }, networks: [] } }',
      });
      const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 900 });
      expect(run.code).toBe(1);
      expect(run.output).toMatch(/image blank failed \(see above\); the rest of the run was done/);
      // What was not made is no part of the outputs, by which others go.
      const outputs = JSON.parse((await stage.hive(["outputs", "--json"])).stdout) as {
        readonly services: object;
      };
      expect(Object.keys(outputs.services)).toContain("gate");
      expect(Object.keys(outputs.services)).not.toContain("blank");
      noneLeft(names);
      expect(updatedAt("gate")).toBe(before);
      stage.write("site/images/blank/Dockerfile", undefined);
    });
  });
}
