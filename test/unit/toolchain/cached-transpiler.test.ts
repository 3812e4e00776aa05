import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as typescript from "typescript";

interface Transpiler {
  transpile(
    input: string,
    options: { fileName: string },
  ): { outputText: string; sourceMapText?: string };
}

const { create } = require("../../../toolchain/cached-transpiler.cjs") as {
  create: (context: object) => Transpiler;
};

const folder = join(__dirname, "..", "..", "..", "node_modules", ".cache", "hive-transpiled");
const options = {
  target: typescript.ScriptTarget.ES2022,
  module: typescript.ModuleKind.NodeNext,
  sourceMap: true,
};
const transpiler = (): Transpiler =>
  create({ service: { config: { options } }, nodeModuleEmitKind: "nodecjs" });
// Content that no other test has, so that the first look never finds it.
const source = (value: number): string =>
  `import { join } from "node:path";\nexport const unique: string = join("${process.pid}-${Date.now()}", "${value}");\n`;

const entryOf = (text: string): string => {
  const name = readdirSync(folder).find((file) =>
    readFileSync(join(folder, file), "utf8").includes(text),
  );
  if (name === undefined) throw new Error("Nothing was kept.");
  return join(folder, name);
};

describe("the compiler of program and command", () => {
  it("compiles to CommonJS, and gives the same from its cache", () => {
    const input = source(1);
    const first = transpiler().transpile(input, { fileName: "/project/a.ts" });
    expect(first.outputText).toContain("exports.unique = (0, node_path_1.join)(");
    const again = transpiler().transpile(input, { fileName: "/project/a.ts" });
    expect(again.outputText).toBe(first.outputText);
    expect(again.sourceMapText).toBe(first.sourceMapText);
  });

  it("really answers from the cache: what stands there is what comes", () => {
    const input = source(2);
    const { outputText } = transpiler().transpile(input, { fileName: "/project/b.ts" });
    const unique = /"(\d+-\d+)"/.exec(input)?.[1] ?? "";
    const entry = entryOf(`${unique}\\", \\"2`);
    writeFileSync(entry, JSON.stringify({ outputText: "marked" }));
    expect(transpiler().transpile(input, { fileName: "/project/b.ts" }).outputText).toBe("marked");
    writeFileSync(entry, "damaged");
    expect(transpiler().transpile(input, { fileName: "/project/b.ts" }).outputText).toBe(
      outputText,
    );
  });

  it("never gives one file's result for another's content, name or options", () => {
    const input = source(3);
    const js = transpiler().transpile(input, { fileName: "/project/c.ts" }).outputText;
    expect(
      transpiler().transpile(`${input}export const more = 1;\n`, { fileName: "/project/c.ts" })
        .outputText,
    ).not.toBe(js);
    const other = create({
      service: { config: { options: { ...options, removeComments: true, sourceMap: false } } },
    });
    expect(other.transpile(input, { fileName: "/project/c.ts" }).sourceMapText).toBeUndefined();
  });

  it("still reports what is no TypeScript", () => {
    const broken = transpiler().transpile("export const = ;", { fileName: "/project/d.ts" }) as {
      diagnostics?: unknown[];
    };
    expect(broken.diagnostics?.length).toBeGreaterThan(0);
    const again = transpiler().transpile("export const = ;", { fileName: "/project/d.ts" }) as {
      diagnostics?: unknown[];
    };
    expect(again.diagnostics?.length).toBeGreaterThan(0);
  });
});
