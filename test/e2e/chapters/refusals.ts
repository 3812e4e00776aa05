import { join } from "node:path";
import { filesBelow } from "../files-below";
import type { StageUnderTest } from "../stage-under-test";
import { docker, eventually } from "../test-stage";

const refuses = async (
  run: Promise<{ code: number | null; output: string }>,
  ...patterns: RegExp[]
): Promise<void> => {
  const { code, output } = await run;
  expect(code).not.toBe(0);
  for (const pattern of patterns) expect(output).toMatch(pattern);
};

/** Configurations that cannot be: of a fleet whose servers hive makes. */
export function refusedConfigurations(site: StageUnderTest): void {
  describe("a configuration that cannot be changes nothing, and the run says what to do", () => {
    it.each([
      ["two cluster hosts", { clusterHosts: 2 }, [/hive:clusterHosts/, /2/, /3/]],
      [
        "an unknown key",
        { clusterHost: 3 },
        [/hive:clusterHost\b/, /did you mean/i, /clusterHosts/],
      ],
      ["a wrong type", { clusterHosts: "many" }, [/hive:clusterHosts/, /many/, /write 3, 5 or 7/]],
    ])("%s", async (_what, config, patterns) => {
      site.stage.configure(config);
      try {
        await refuses(site.stage.hive(["up", "--yes"]), ...patterns);
      } finally {
        site.stage.configure(
          Object.fromEntries(Object.keys(config).map((key) => [key, undefined])),
        );
        site.stage.configure({ clusterHosts: 3 });
      }
    });

    it("a network that overlaps another one of this computer", async () => {
      docker("network", "create", "--subnet", "172.29.96.0/24", "hive-e2e-foreign");
      try {
        site.stage.configure({ cidr: "172.29.96.0/20" });
        await refuses(
          site.stage.hive(["up", "--yes"]),
          /hive:cidr/,
          /hive-e2e-foreign/,
          /write another network/,
        );
      } finally {
        docker("network", "rm", "hive-e2e-foreign");
        site.stage.configure({ cidr: site.cidr });
      }
    });
  });
}

/** Runs that may not happen. */
export function refusedRuns(site: StageUnderTest): void {
  describe("a run that may not happen changes nothing and says what to do", () => {
    it("a wrong passphrase", async () => {
      await refuses(
        site.stage.hive(["up", "--yes"], {
          environment: { PULUMI_CONFIG_PASSPHRASE: "not the one" },
        }),
        /passphrase/,
      );
    });

    it("a stage that another run holds", async () => {
      const other = site.stage.start(["up", "--yes"]);
      const ended = new Promise((resolve) => other.once("exit", resolve));
      const locks = join(site.stage.directory, ".hive", "state", ".pulumi", "locks");
      await eventually(30, () => {
        try {
          return filesBelow(locks).some((file) => file.endsWith(".json")) ? true : undefined;
        } catch {
          return undefined;
        }
      });
      await refuses(site.stage.hive(["up", "--yes"]), /another run|locked/i, /pid|process/i);
      await ended;
    });

    it("stopping before a phase that was reached", async () => {
      await refuses(
        site.stage.hive(["up", "--yes", "--through-phase", "setup-hosts"]),
        /deploy-services/,
        /would delete/,
      );
    });

    it("and after all of these the site still serves and nothing is to change", async () => {
      await site.pages(site.namesItsHost, 5);
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
