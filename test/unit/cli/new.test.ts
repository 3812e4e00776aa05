import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePart } from "../../../cli/commands/new";
import { reportFailure } from "../../../cli/failure";
import { constantName } from "../../../cli/new/constant-name";
import { newKinds } from "../../../cli/new/new-files";
import { nextSteps } from "../../../cli/new/next-steps";
import { freePort, type NewArgs, prepare, siteFile } from "../../../cli/new/prepare";
import { namesIn, withAddition } from "../../../cli/new/site-source";
import { addNew } from "../../../cli/command-line/new";
import { planStack } from "../../../model/plan-site";
import type { Plan } from "../../../model/plan";
import type { Site } from "../../../model/site";
import { lookIntoProject, readFromProject } from "../../../providers/project-lookup";
import { Command } from "commander";
import { rawStage } from "../model/plans";

const root = join(__dirname, "../../..");

const wrap = (lists: string): string =>
  `import { defineSite } from "../model/site";\n\nexport const site = defineSite(${lists});\n`;

describe("the edit of site/site.ts", () => {
  const add = (text: string, name = "shop", value = "shop"): string | undefined =>
    withAddition(text, { entries: [{ list: "services", name, value }] });

  test.each([
    ["one line", `{ services: { am } }`, `{ services: { am, shop } }`],
    ["an empty list", `{ services: {} }`, `{ services: { shop } }`],
    ["no list", `{ name: "a.b" }`, `{ name: "a.b", services: { shop } }`],
    [
      "no list, on several lines",
      `{\n  name: "a.b", // why\n}`,
      `{\n  name: "a.b", // why\n  services: { shop },\n}`,
    ],
    [
      "several lines, with comments",
      `{\n  services: {\n    // First.\n    am,\n    ldap, // last\n  },\n}`,
      `{\n  services: {\n    // First.\n    am,\n    ldap, // last\n    shop,\n  },\n}`,
    ],
    [
      "several lines without a comma at the end",
      `{\n  services: {\n    am\n  }\n}`,
      `{\n  services: {\n    am,\n    shop,\n  }\n}`,
    ],
    [
      "a list of comments",
      `{\n  services: {\n    // none yet\n  },\n}`,
      `{\n  services: {\n    // none yet\n    shop,\n  },\n}`,
    ],
    [
      "others that are spread into it",
      `{ services: { ...more } }`,
      `{ services: { ...more, shop } }`,
    ],
    [
      "a line that gets too long",
      `{\n  services: { ${"abcdefgh, ".repeat(8)}abcd: "abcdefgh" },\n}`,
      `{\n  services: {\n${"    abcdefgh,\n".repeat(8)}    abcd: "abcdefgh",\n    shop,\n  },\n}`,
    ],
  ])("%s", (_what, before, after) => {
    expect(add(wrap(before))).toBe(wrap(after));
  });

  test("a list in a constant of the same file", () => {
    const text = `const services = { am };\n${wrap("{ services }")}`;
    expect(add(text)).toBe(text.replace("{ am }", "{ am, shop }"));
    expect(namesIn(text, "services")).toEqual(["am"]);
  });

  test("keys are quoted where they must be", () => {
    expect(add(wrap("{ services: {} }"), "my-shop", "myShop")).toBe(
      wrap(`{ services: { "my-shop": myShop } }`),
    );
  });

  test("an import stands among those of its folder", () => {
    const imports = ["am", "webgate"].map(
      (name) => `import { ${name} } from "./services/${name}";\n`,
    );
    const text = imports.join("") + wrap("{ services: { am, webgate } }");
    const entries = [{ list: "services", name: "shop", value: "shop" }] as const;
    const lines = withAddition(text, {
      entries,
      imported: { name: "shop", from: "./services/shop" },
    })?.split("\n");
    expect(lines?.slice(0, 4)).toEqual([
      `import { am } from "./services/am";`,
      `import { shop } from "./services/shop";`,
      `import { webgate } from "./services/webgate";`,
      `import { defineSite } from "../model/site";`,
    ]);
  });

  test.each([
    ["a list from elsewhere", wrap("{ services: all() }")],
    ["a list that may be spread in", wrap("{ ...base }")],
    ["no site", "export const site = { services: {} };\n"],
    ["two sites", wrap("{ services: {} }") + wrap("{ services: {} }")],
  ])("%s is not recognized", (_what, text) => {
    expect(add(text)).toBeUndefined();
  });
});

test.each([
  ["shop", "shop"],
  ["my-shop", "myShop"],
  ["a-1", "a1"],
  ["7zip", "service7zip"],
  ["delete", "deleteService"],
  ["exports", "exportsService"],
  ["site", "siteService"],
])("the constant of %s is %s", (name, constant) => {
  expect(constantName(name, new Set(["site"]))).toBe(constant);
});

test("a port that no service publishes", () => {
  const image = "x";
  expect(freePort({ name: "a.b" })).toBe(8080);
  const services: Site["services"] = {
    a: { image, ports: ["8080:80", { target: 8081 }] },
    b: {
      image,
      ports: [
        { target: 1, published: 8082 },
        { target: 8083, published: "auto" },
      ],
    },
  };
  expect(freePort({ name: "a.b", services })).toBe(8083);
});

const request = (args: Partial<NewArgs>): NewArgs => ({
  kind: "service",
  name: "shop",
  fromStage: false,
  register: true,
  ...args,
});

describe("refuses, and changes nothing,", () => {
  const siteText = wrap("{ images: { old: {} }, services: { old } }");
  const site: Site = { name: "a.b", images: { old: {} }, services: { old: { image: "x" } } };
  const said = (
    args: Partial<NewArgs>,
    project: { text?: string; files?: string[] } = {},
  ): string => {
    try {
      prepare(request(args), {
        siteText: project.text ?? siteText,
        site,
        exists: (path) => (project.files ?? []).includes(path),
      });
    } catch (error) {
      const { text, exitCode } = reportFailure(error);
      expect([exitCode, /nothing was changed/i.test(text)]).toEqual([2, true]);
      return text;
    }
    return "";
  };

  test.each([
    ["a name that is none", { name: "My_Shop" }, `write \`"my-shop"\``],
    ["a name that no container can look up", { name: "localhost" }, "every container's /etc/hosts"],
    ["a secret's name that is too long", { kind: "secret", name: "a".repeat(64) }, "remedy"],
    ["a service that exists", { name: "old" }, 'has "old" in its services already'],
    ["an image that exists", { kind: "image", name: "old" }, 'has "old" in its images already'],
    ["an image that does not exist", { image: "olt" }, "Did you mean old?"],
  ] as const)("%s", (_what, args, text) => {
    expect(said(args)).toContain(text);
  });

  test("an image of the new service's name", () => {
    const text = wrap("{ images: { shop: {} }, services: {} }");
    expect(said({}, { text })).toContain("add --image shop");
  });

  test("a file that exists", () => {
    expect(said({}, { files: ["site/images/shop/Dockerfile"] })).toContain(
      "exist already: site/images/shop/Dockerfile",
    );
  });

  test("a site that it cannot edit, with what to add", () => {
    const text = said({ name: "my-shop" }, { text: wrap("{ services: all() }") });
    expect(text).toContain("npx hive new service my-shop --no-register");
    expect(text).toContain('import { myShop } from "./services/my-shop";');
    expect(text).toContain('"my-shop": myShop,');
    expect(text).toContain('"my-shop": {},');
  });
});

test("the command line offers the kinds that there are", () => {
  const program = new Command();
  addNew(program, async (code) => void (await code));
  expect(program.commands[0]?.registeredArguments[0]?.argChoices).toEqual(newKinds);
});

/** Sites to which everything is added: this project's own, and one with nothing. */
const sites = {
  "the project's own": undefined,
  "an empty one": wrap(`{ name: "hive.example" }`),
};

describe.each(Object.entries(sites))("added to %s, it passes all checks:", (_what, siteText) => {
  let folder: string;
  /** What is done one after the other, in one site. */
  const series: readonly Partial<NewArgs>[] = [
    { name: "guestbook" },
    { name: "second-one-with-quite-a-long-name" },
    { name: "delete", image: "guestbook" },
    { kind: "job", name: "tidy" },
    { kind: "job", name: "count", image: "guestbook" },
    { kind: "image", name: "other" },
    { kind: "secret", name: "guestbook-token" },
    { kind: "secret", name: "smtp", fromStage: true },
  ];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hive-new-"));
    cpSync(join(root, "site"), join(folder, "site"), { recursive: true });
    for (const name of ["model", "fleet", "platform", "node_modules"])
      symlinkSync(join(root, name), join(folder, name));
    for (const name of ["eslint.config.mjs", "package.json"])
      cpSync(join(root, name), join(folder, name));
    const config = readFileSync(join(root, "tsconfig.json"), "utf8");
    writeFileSync(
      join(folder, "tsconfig.json"),
      config.replace(/"include": .*/, '"include": ["site/**/*.ts"],'),
    );
    if (siteText !== undefined) writeFileSync(join(folder, siteFile), siteText);
    for (const args of series) {
      writePart(prepare(request(args), projectState()), folder);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let copies = 0;
  /** The site as it is now. Jest reads each file once, so every look is at a copy. */
  const loaded = (): Site => {
    copies += 1;
    cpSync(join(folder, "site"), join(folder, `copy${copies}`), { recursive: true });
    return (require(join(folder, `copy${copies}`, "site.ts")) as { site: Site }).site;
  };
  const projectState = () => ({
    siteText: readFileSync(join(folder, siteFile), "utf8"),
    site: loaded(),
    exists: (path: string) => existsSync(join(folder, path)),
  });
  const planned = (): Plan =>
    planStack({
      stackName: "private",
      config: rawStage,
      site: loaded(),
      building: true,
      look: lookIntoProject(folder),
      read: readFromProject(folder),
      filesNeeded: true,
    });
  const checked = (program: string, ...args: string[]): string => {
    const bin = join(root, "node_modules", ".bin", program);
    const { stdout, stderr } = spawnSync(bin, args, { cwd: folder, encoding: "utf8" });
    return `${stdout}${stderr}`.trim();
  };

  test("the plan", () => {
    const { services, images } = planned();
    const names = services.map(({ name }) => name);
    for (const { name = "", kind } of series) {
      if (kind === undefined || kind === "job") expect(names).toContain(name);
    }
    expect(images.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["guestbook", "tidy", "other"]),
    );
    expect(
      services.flatMap(({ ports }) => ports.map((port) => port.published)).filter((p) => p >= 8000),
    ).toEqual([8080, 8081]);
  });

  test("the formatter", () => {
    expect(checked("prettier", "--print-width", "100", "--check", "site/**/*.ts")).toContain(
      "All matched files use Prettier code style!",
    );
  });

  // The code is the same in both sites, and these two take their time.
  if (siteText === undefined) {
    test("the compiler", () => {
      expect(checked("tsc", "--noEmit", "-p", ".")).toBe("");
    });

    test("the linter", () => {
      expect(checked("eslint", "site")).toBe("");
    });
  }

  test("a job's program can be executed", () => {
    const file = join(folder, "site/images/tidy/files/usr/local/bin/tidy");
    expect(statSync(file).mode & 0o111).toBe(0o111);
    const { stdout, status } = spawnSync(file, { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^tidy on .*: done\n$/)]);
  });

  test("a second time, it refuses", () => {
    expect(() => prepare(request({ name: "guestbook" }), projectState())).toThrow("already");
  });
});

test.each([
  [{}, "curl http://172.29.16.4:8080/"],
  [{ image: "old" }, "npx hive logs shop"],
  [{ kind: "job", name: "tidy" }, "npx hive run tidy"],
  [{ kind: "image", name: "other" }, "npx hive new service <name> --image other"],
  [{ kind: "secret", name: "token" }, 'secrets: ["token"],'],
  [
    { kind: "secret", name: "token", fromStage: true },
    `config set --stack private --secret --path 'hive:secrets["token"]'`,
  ],
  [{ register: false }, 'import { shop } from "./services/shop";'],
] as const)("what comes next after %j", (args, text) => {
  const project = {
    siteText: wrap("{ images: { old: {} }, services: {} }"),
    site: { name: "a.b" },
    exists: () => false,
  };
  expect(nextSteps(prepare(request(args), project), "172.29.16.4")).toContain(text);
});
