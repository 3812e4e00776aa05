import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import type { Service, Site } from "../../../model/inventory";
import { planStack } from "../../../model/plan-site";
import { defineService } from "../../../model/service";
import { defineSite } from "../../../model/site";

const page = readFileSync(join(__dirname, "../../../docs/services.md"), "utf8");

/** The code blocks of a kind, e.g. those that begin with "```ts site". */
const blocks = (kind: string): string[] =>
  [...page.matchAll(new RegExp("^```ts " + kind + "\\n([^]*?)^```$", "gm"))].map(
    ([, code]) => code ?? "",
  );

const plan = (site: Site) =>
  planStack({
    stackName: "private",
    config: { "hive:fleet": "container", "hive:cidr": "172.29.16.0/24" },
    site,
    building: true,
  });

describe("docs/services.md", () => {
  it("has examples of whole sites and of services", () => {
    expect([blocks("site").length, blocks("service").length]).toEqual([4, 2]);
  });

  it.each(blocks("site"))("shows a site that can be planned: %s", (code) => {
    const site = runInNewContext(code, { defineSite }) as Site;
    const { services, gate } = plan(site);
    const names = Object.keys(site.services ?? {});
    expect(services.map(({ name }) => name)).toEqual(
      [...names, ...(gate === undefined ? [] : ["gate"])].sort(),
    );
  });

  it.each(blocks("service"))("shows a service that can be planned: %s", (code) => {
    const service = runInNewContext(code, { defineService }) as Service;
    expect(plan({ name: "hive.example", services: { example: service } }).services).toHaveLength(1);
  });

  it("shows a transform that does what the page says", () => {
    const [code = ""] = blocks("site").filter((each) => each.includes("transform:"));
    const { services, serverContainers } = plan(runInNewContext(code, { defineSite }) as Site);
    expect(services.map(({ labels, logging }) => ({ labels, logging }))).toEqual([
      {
        labels: { "org.example.owner": "web@private" },
        logging: { driver: "json-file", options: { "max-size": "10m" } },
      },
    ]);
    expect(
      Object.entries(serverContainers ?? {}).map(([name, { memoryBytes, devices }]) => [
        name,
        memoryBytes,
        devices.map(({ source }) => source),
      ]),
    ).toEqual(["hive0", "hive1", "hive2"].map((name) => [name, 4 * 2 ** 30, ["/dev/fuse"]]));
  });
});
