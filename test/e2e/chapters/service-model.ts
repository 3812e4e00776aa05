import { proves } from "../../proves";
import { extendSite } from "../extended-site";
import type { StageUnderTest } from "../stage-under-test";
import { eventually } from "../test-stage";
import { extension, image, Services } from "./service-kinds";

/** What the service model promises, seen from a whole stage: one service of each kind. */
export function serviceModel(site: StageUnderTest): void {
  const { stage } = site;
  const { updatedAt, exec, names, recordedAt, writeScript } = new Services(site);

  describe("a site with a service of each kind", () => {
    proves(
      "image.build",
      "dependsOn",
      "initialize.script",
      "initialize.interpreter",
    )(
      "comes up: networks, volumes, secrets, configs, services in order, initial data, jobs",
      async () => {
        stage.write("site/images/probe/Dockerfile", image);
        writeScript("one");
        extendSite(stage, extension({}));
        await site.up();
        expect(exec("probe", "cat", "/etc/greeting")).toBe("first");
        expect(exec("probe", "cat", "/run/secrets/token")).toMatch(/^[A-Za-z0-9]{32}$/);
        expect(exec("bystander", "getent", "hosts", "oracle")).toMatch(/oracle/);
        expect(exec("ledger", "cat", "/ledger/entries")).toBe("one");
        expect(exec("ledger", "cat", "/tmp/in")).toBe(exec("probe", "cat", "/run/secrets/token"));
        expect(exec("ledger", "cat", "/tmp/flags")).toMatch(/e.*u|u.*e/);
        expect(site.inspectService("after", "{{.CreatedAt}}") > recordedAt()).toBe(true);
        // It shares the volume of the service with which it runs, while that one runs.
        expect(site.inside(0, "docker", "service", "logs", "--raw", "once")).toBe(
          "one\nthe job has run",
        );
        expect(await site.changesOf("preview")).toBe("");
      },
    );

    it("shows every one of them in its status", async () => {
      const { code, stdout, output } = await stage.hive(["status", "--json"]);
      expect([code, code === 0 ? "" : output]).toEqual([0, ""]);
      const { services } = JSON.parse(stdout) as { services: { name: string }[] };
      expect(services.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["after", "bystander", "ledger", "minutely", "once", "probe"]),
      );
    });

    it("rolls exactly the service whose secret or config changed", async () => {
      const others = ["bystander", "ledger", "after", "once", "gate"];
      const before = others.map(updatedAt);
      const [token, rolled] = [exec("probe", "cat", "/run/secrets/token"), updatedAt("probe")];
      extendSite(stage, extension({ secretVersion: 2, config: "second" }));
      await site.up();
      expect(updatedAt("probe")).not.toBe(rolled);
      expect(exec("probe", "cat", "/run/secrets/token")).not.toBe(token);
      expect(exec("probe", "cat", "/etc/greeting")).toBe("second");
      expect(others.map(updatedAt)).toEqual(before);
      // The old ones are gone: they were removed when nothing used them any more.
      const left = names("secret");
      expect(left.filter((name) => name.startsWith("token-"))).toHaveLength(1);
    });

    it("runs a step of the initial data again when, and only when, it changed", async () => {
      // The secret that the step reads has changed in the run before: that is a new content too.
      expect(exec("ledger", "cat", "/ledger/entries").split("\n")).toEqual(["one", "one"]);
      writeScript("two");
      await site.up();
      expect(exec("ledger", "cat", "/ledger/entries").split("\n")).toEqual(["one", "one", "two"]);
      expect(await site.changesOf("preview")).toBe("");
    });

    it("runs a scheduled job once each minute, on whichever server", async () => {
      const runs = (): string[] =>
        site
          .inside(0, "docker", "service", "logs", "--timestamps", "--raw", "minutely")
          .split("\n")
          .filter((line) => line.endsWith(" due"));
      const seen = await eventually(130, () => (runs().length >= 2 ? runs() : undefined));
      const minutes = seen.map((line) => line.slice(0, "2026-01-01T00:00".length));
      expect(new Set(minutes).size).toBe(minutes.length);
    });

    it("runs a job at once, shows what it printed, and leaves nothing to change", async () => {
      const { code, stdout, output } = await stage.hive(["run", "once"]);
      expect([code, code === 0 ? "" : output]).toEqual([0, ""]);
      expect(stdout).toMatch(/^once\S* .*\| the job has run$/m);
      expect(await site.changesOf("preview", "--refresh")).toBe("");
    });

    it("moves a service with a replicated volume, and its data, when its server is killed", async () => {
      const lost = site.hostOf("ledger");
      site.kill(lost);
      const from = lost === 0 ? 1 : 0;
      const before = Date.now();
      const index = await eventually(90, () => {
        try {
          const now = site.hostOf("ledger", from);
          return now === lost ? undefined : now;
        } catch {
          return undefined;
        }
      });
      console.log(`A stateful service ran again ${(Date.now() - before) / 1000} s after its kill.`);
      const id = site.inside(
        index,
        ...["docker", "ps", "--quiet", "--filter", "label=com.docker.swarm.service.name=ledger"],
      );
      expect(
        site.inside(index, "docker", "exec", id, "cat", "/ledger/entries").split("\n"),
      ).toEqual(["one", "one", "two"]);
      await site.up();
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
