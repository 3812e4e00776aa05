import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { lookIntoProject } from "../../../../providers/project-lookup";
import { image, textOf } from "../problems-of";

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "hive-files-"));
  for (const file of [
    "site/services/web.ts",
    "site/services/web/load.sh",
    "site/images/web/Dockerfile",
    "site/images/bare/README",
  ]) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), "x");
  }
});
afterAll(() => rmSync(project, { recursive: true }));

const problems = (site: Record<string, unknown>): string =>
  textOf(site, { look: lookIntoProject(project) });

describe("files that the site names", () => {
  test("are there, and nothing is said", () => {
    const step = { name: "load", script: "site/services/web/load.sh" };
    const site = {
      images: { web: {}, other: { context: "site/images/web/" } },
      configs: { page: { file: "site/services/web/load.sh" }, text: { content: "x" } },
      services: { web: { image: { build: "web" }, initialize: [step] } },
    };
    expect(problems(site)).toBe("");
  });

  test("are missing, and all of them are told with their places", () => {
    const step = { name: "load", script: "site/services/web", input: "site/services/web.ts/x" };
    const site = {
      images: { bare: {}, away: { context: "site/away" }, none: {} },
      configs: { page: { file: "site/page.html" }, unused: { file: "site/none.html" } },
      services: { web: { image, configs: [{ config: "page" }], initialize: [step] } },
    };
    expect(problems(site)).toMatchInlineSnapshot(`
      "6 problems found; nothing was changed.

      site/site.ts: images.away.context
        found:   "site/away"
        problem: there is no such folder
        remedy:  write site/away/Dockerfile, or name the folder in which it is: context: "…"

      site/site.ts: images.bare
        found:   "site/images/bare"
        problem: this folder has no Dockerfile
        remedy:  write site/images/bare/Dockerfile

      site/site.ts: images.none
        found:   "site/images/none"
        problem: there is no such folder
        remedy:  write site/images/none/Dockerfile, or name the folder in which it is: context: "…"

      site/site.ts: configs.page.file
        found:   "site/page.html"
        problem: there is no such file
        remedy:  write the file, or name one that exists

      site/services/web.ts: services.web.initialize[0].script
        found:   "site/services/web"
        problem: is a folder
        remedy:  write the file, or name one that exists

      site/services/web.ts: services.web.initialize[0].input
        found:   "site/services/web.ts/x"
        problem: there is no such file
        remedy:  write the file, or name one that exists"
    `);
  });
});

test("a service that has no file of its own is looked for in the site's file", () => {
  const services = { web: { image, replica: 1 }, inline: { image, replica: 1 } };
  const text = problems({ services });
  expect(text).toMatch(/^site\/services\/web\.ts: services\.web\.replica$/m);
  expect(text).toMatch(/^site\/site\.ts: services\.inline\.replica$/m);
});

describe("the file of a config", () => {
  const site = {
    configs: { page: { file: "site/page" } },
    services: { web: { image, configs: [{ config: "page" }] } },
  };
  const shown = (content: Buffer): string => textOf(site, { read: () => content });

  test("may have just less than 500 KiB", () => {
    expect(shown(Buffer.alloc(500 * 1024 - 1, "planted"))).toBe("");
  });

  test.each([
    [
      "of 600 000 bytes",
      Buffer.alloc(600_000, "planted"),
      "has 600000 bytes; a config must have less than 512000 (500 KiB)",
    ],
    ["without content", Buffer.alloc(0), "is empty, but a Swarm refuses a config without content"],
    ["in another encoding", Buffer.from("plant\xe9d", "latin1"), "is not UTF-8 text"],
  ])("%s is refused, and never printed", (_, content, message) => {
    expect(shown(content)).toContain(
      `site/site.ts: configs.page.file\n  found:   "site/page"\n  problem: ${message}`,
    );
    expect(shown(content)).not.toContain("plant");
  });

  test("that no service reads is not looked at", () => {
    expect(textOf({ configs: site.configs }, { read: () => Buffer.alloc(0) })).toBe("");
  });
});

test("a value of the stage that no Swarm takes as a secret is refused, and never printed", () => {
  const secrets = { key: { fromStage: true } };
  const services = { web: { image, secrets: ["key"] } };
  const text = (length: number): string =>
    textOf(
      { secrets, services },
      { config: { "hive:secrets": JSON.stringify({ key: "planted".padEnd(length, "x") }) } },
    );
  expect(text(500 * 1024 - 1)).toBe("");
  expect(text(500 * 1024)).toContain("hive:secrets.key");
  expect(text(500 * 1024)).toContain("is not shorter than 500 KiB");
  expect(text(500 * 1024)).not.toContain("planted");
});
