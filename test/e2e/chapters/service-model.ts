import { type Extension, extendSite, restoreSite } from "../extended-site";
import type { StageUnderTest } from "../stage-under-test";
import { eventually } from "../test-stage";
import { proves } from "../../proves";

const image = `FROM debian:trixie-slim
# Ends at once when it is asked to.
ENTRYPOINT ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"]
`;

/** The script of a step that loads initial data. */
const script = "site/initial-data/book.sh";

/** A site with one service of each kind. What changes between two runs is an argument. */
function extension(change: {
  readonly secretVersion?: number;
  readonly config?: string;
  readonly probe?: string;
  /** The service `probe` crashes, `after` is taken out, and `bystander` is changed. */
  readonly broken?: boolean;
}): Extension {
  const { secretVersion = 1, config = "first", probe = "probe", broken = false } = change;
  const crash = broken ? 'entrypoint: ["sh", "-c", "echo the probe is bent; exit 3"],' : "";
  const edition = broken ? 'environment: { EDITION: "2" },' : "";
  const after = `after: { image: { build: "probe" }, endpointMode: "dnsrr", dependsOn: ["ledger"], stopGracePeriod: "2s" },`;
  return {
    images: "{ probe: {} }",
    secrets: `{ token: { generate: { version: ${secretVersion} } } }`,
    configs: `{ greeting: { content: "${config}" } }`,
    networks: "{ back: {} }",
    volumes: '{ ledger: { replicated: { size: "64MiB" } } }',
    services: `{
    "${probe}": {
      image: { build: "probe" }, endpointMode: "dnsrr", networks: [{ name: "back", aliases: ["oracle"] }],
      secrets: ["token"], configs: [{ config: "greeting", target: "/etc/greeting" }], stopGracePeriod: "2s", ${crash}
    },
    bystander: { image: { build: "probe" }, endpointMode: "dnsrr", networks: ["back"], stopGracePeriod: "2s", ${edition} },
    ledger: {
      image: { build: "probe" }, endpointMode: "dnsrr", stopGracePeriod: "2s",
      volumes: [{ source: "ledger", target: "/ledger" }],
      initialize: [
        { name: "book", script: "${script}", interpreter: ["sh", "-eu", "-c"], secrets: ["token"] },
      ],
    },
    ${broken ? "" : after}
    once: {
      image: { build: "probe" }, networks: [], mode: { job: {} }, dependsOn: ["ledger"], placement: { with: "ledger" },
      volumes: [{ source: "ledger", target: "/ledger" }], entrypoint: ["sh", "-c", "cat /ledger/entries; echo the job has run"],
    },
    minutely: {
      image: { build: "probe" }, networks: [], mode: { job: { schedule: "* * * * *" } }, entrypoint: ["sh", "-c", "echo due"],
    },
  }`,
  };
}

/**
 * What the service model promises, seen from a whole stage: one service of each kind, changed,
 * damaged, renamed, removed.
 */
export function serviceModel(site: StageUnderTest): void {
  const { stage } = site;
  const updatedAt = (name: string): string => site.inspectService(name, "{{.UpdatedAt}}");
  const container = (service: string): { index: number; id: string } => {
    const index = site.hostOf(service);
    const id = site.inside(
      index,
      ...["docker", "ps", "--quiet", "--filter", `label=com.docker.swarm.service.name=${service}`],
    );
    return { index, id };
  };
  const exec = (service: string, ...command: string[]): string => {
    const { index, id } = container(service);
    return site.inside(index, "docker", "exec", id, ...command);
  };

  /** When the Swarm recorded that the step of the initial data is done. */
  const recordedAt = (): string =>
    site.onHost(
      0,
      "docker config inspect --format '{{.CreatedAt}}' $(docker config ls --quiet --filter name=hive.init.ledger)",
    );
  /**
   * What the step of the initial data does: it keeps what it was given, and how it was run, and
   * books an entry.
   */
  const writeScript = (entry: string): void =>
    stage.write(script, `cat > /tmp/in\necho $- > /tmp/flags\necho ${entry} >> /ledger/entries\n`);

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
      const left = site.inside(0, "docker", "secret", "ls", "--format", "{{.Name}}").split("\n");
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
      const names = site.inside(0, "docker", "service", "ls", "--format", "{{.Name}}").split("\n");
      expect(names).toContain("oracle");
      expect(names).not.toContain("probe");
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
      const names = site.inside(0, "docker", "service", "ls", "--format", "{{.Name}}").split("\n");
      expect(names).not.toContain("after");
      expect(
        site.inspectService("bystander", "{{.Spec.TaskTemplate.ContainerSpec.Env}}"),
      ).toContain("EDITION=2");
      // The release before serves, and the mended site is one run away.
      expect(exec("oracle", "cat", "/etc/greeting")).toBe("second");
      extendSite(stage, extension({ secretVersion: 2, config: "second", probe: "oracle" }));
      await site.up();
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

  describe("services that are no longer in the site", () => {
    it("are removed with their networks, secrets and configs, though the image of a new one does not build; the others are left alone", async () => {
      const before = updatedAt("gate");
      stage.write("site/images/blank/Dockerfile", "FROM debian:trixie-slim\nRUN false\n");
      extendSite(stage, {
        images: "{ blank: {} }",
        services: '{ blank: { image: { build: "blank" }, networks: [] } }',
      });
      stage.write("site/images/probe/Dockerfile", undefined);
      stage.write(script, undefined);
      const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 900 });
      expect(run.code).toBe(1);
      expect(run.output).toMatch(/image blank failed \(see above\); the rest of the run was done/);
      // What was not made is no part of the outputs, by which others go.
      const outputs = JSON.parse((await stage.hive(["outputs", "--json"])).stdout) as {
        readonly services: object;
      };
      expect(Object.keys(outputs.services)).toContain("gate");
      expect(Object.keys(outputs.services)).not.toContain("blank");
      const list = (kind: string): string =>
        site.inside(0, "docker", kind, "ls", "--format", "{{.Name}}");
      expect(list("service")).not.toMatch(/probe|bystander|ledger|after|once|minutely|crowd/);
      expect(list("network")).not.toMatch(/^back$/m);
      expect(list("secret")).not.toMatch(/^token-/m);
      expect(list("config")).not.toMatch(/^greeting-|^hive\.init\.ledger/m);
      expect(updatedAt("gate")).toBe(before);
      restoreSite(stage);
      stage.write("site/images/blank/Dockerfile", undefined);
      await site.up();
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
