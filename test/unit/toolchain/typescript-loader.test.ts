import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const project = join(__dirname, "..", "..", "..");
const kept = join(project, "node_modules", ".cache", "hive-compiled");
const program = join(project, "toolchain/node/program.cjs");

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hive-loader-"));
  file = join(folder, "thing.ts");
});
afterEach(() => {
  for (const name of keptOf(folder)) rmSync(join(kept, name));
  rmSync(folder, { recursive: true, force: true });
});

/** What a process of its own prints that runs this text as the program would. */
function run(text: string): string {
  return execFileSync(process.execPath, ["--require", program, "--eval", text], {
    cwd: project,
    encoding: "utf8",
  });
}

const load = (): string => run(`console.log(require(${JSON.stringify(file)}).value)`).trim();

/** What is kept of the file of this test. */
function keptOf(unique: string): string[] {
  return readdirSync(kept).filter((name) =>
    readFileSync(join(kept, name), "utf8").includes(unique),
  );
}

const source = (value: number): string =>
  `import { sep } from "node:path";\ntype Answer = number;\n// ${folder}\nexport const value: Answer = sep === "" ? 0 : ${value};\n`;

describe("the program's TypeScript", () => {
  it("is compiled once, and then runs without the compiler", () => {
    writeFileSync(file, source(1));
    expect(load()).toBe("1");
    const [code = ""] = keptOf(folder).filter((name) => name.endsWith(".js"));
    writeFileSync(join(kept, code), `exports.value = "kept"; // ${folder}`);
    expect(load()).toBe("kept");
    const loaded = run(
      `require(${JSON.stringify(file)}); console.log(Object.keys(require.cache).filter((name) => /typescript.lib/.test(name)).length)`,
    );
    expect(loaded.trim()).toBe("0");
  });

  it("is never what it was before it changed, and nothing is left of that", () => {
    writeFileSync(file, source(1));
    expect(load()).toBe("1");
    const before = keptOf(folder);
    writeFileSync(file, source(2));
    expect(load()).toBe("2");
    const after = keptOf(folder);
    expect(after).toHaveLength(before.length);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
  });

  it("that is none is refused in the compiler's words, with file and line", () => {
    writeFileSync(file, "\nexport const = ;");
    const said = run(
      `try { require(${JSON.stringify(file)}) } catch (error) { console.log(error.name, error.message) }`,
    );
    expect(said).toMatch(/^TSError Unable to compile TypeScript:\n.*thing\.ts\(2,14\): error TS/);
  });

  it("tells where an error was made by file and line of the source, also when the compiled code is kept", () => {
    writeFileSync(
      file,
      `interface Gone {\n  readonly is: "not in the compiled code";\n}\nexport function fail(): Gone {\n  throw new Error("no");\n}\n`,
    );
    const fail = `try { require(${JSON.stringify(file)}).fail() } catch (error) { console.log(error.stack) }`;
    for (const stack of [run(fail), run(fail)]) {
      expect(stack).toMatch(/^Error: no\n/);
      expect(stack).toContain(`${file}:5:9`);
    }
  });
});

describe("what is loaded when it is used", () => {
  const loaded =
    "Object.keys(require.cache).filter((name) => /typescript.lib|arborist/.test(name)).length";

  it("is not there as long as Pulumi does not need it", () => {
    expect(run(`require("@pulumi/pulumi"); console.log(${loaded})`).trim()).toBe("0");
  });

  it("does what it did when somebody needs it", () => {
    const said = run(`
      const pulumi = require("@pulumi/pulumi");
      const five = 5;
      pulumi.runtime.serializeFunction(() => five).then(({ text }) => console.log(text.includes("5"), ${loaded} > 0));
      console.log(pulumi.automation.LocalWorkspace.name, require("zod").locales.de().localeError !== undefined);`);
    expect(said.trim().split("\n").sort()).toEqual(["LocalWorkspace true", "true true"]);
  });
});
