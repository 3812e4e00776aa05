import { extendSite, restoreSite } from "../extended-site";
import type { StageUnderTest } from "../stage-under-test";

/** What the engine itself prints of a change; nothing is rolled out here. */
export function previewDiff(site: StageUnderTest): void {
  const { stage } = site;
  /** The diff without the identifiers that the engine prints with each resource. */
  const diff = async (): Promise<readonly string[]> => {
    const run = await stage.hive(["pulumi", "--", "preview", "--diff", "--non-interactive"]);
    if (run.code !== 0) throw new Error(run.output);
    const lines = run.output.split("\n");
    return lines.filter((line) => !/^\s*\[(id|urn)=|^@ previewing|^warning:|^\s*$/.test(line));
  };

  describe("the engine's own diff", () => {
    it("of a changed port, variable and image is short and shows nothing else", async () => {
      const service = "site/services/portal.ts";
      const page = "site/images/portal/files/usr/share/portal/index.html";
      const edits: [string, string, string][] = [
        ["site/site.ts", 'login: "am" }', 'login: "am", ports: { https: 8443 } }'],
        [service, "  mode: {", '  environment: { MOTD: "hi" },\n  mode: {'],
        [page, "</title>", " (previewed)</title>"],
      ];
      for (const [file, from, to] of edits) stage.edit(file, from, to);
      const lines = await diff();
      for (const [file, from, to] of edits) stage.edit(file, to, from);
      expect(lines.length).toBeLessThanOrEqual(40);
      const text = lines.join("\n");
      expect(text).toContain('openPorts: "80/tcp, 443/tcp" => "80/tcp, 8443/tcp"');
      expect(text).not.toMatch(/base64|hostKey/);
      const names = lines.flatMap((line) => /^\s+[~+-] (\w+)\s*[:(]/.exec(line)?.[1] ?? []);
      expect([...new Set(names)].sort()).toEqual([
        ...["MOTD", "contextHash", "environment", "image", "openPorts", "ports"],
        ...["portsForContainers", "published", "reference", "script"],
      ]);
    });

    it("of a new service and a job can be read", async () => {
      const common = 'image: { build: "portal" }, endpointMode: "dnsrr" as const';
      extendSite(stage, {
        services: `{ more: { ${common} }, tidy: { ${common}, mode: { job: { schedule: "0 3 * * *" } } } }`,
      });
      const lines = await diff();
      restoreSite(stage);
      expect(lines.length).toBeLessThanOrEqual(260);
      expect(lines.join("\n")).not.toMatch(/base64|hostKey/);
    });
  });
}
