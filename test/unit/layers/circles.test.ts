import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

const project = join(__dirname, "../../..");
const rooms = ["site", "model", "fleet", "render", "components", "providers", "cli", "rehearsal"];

/** Every source file, relative to the project. */
function sources(): readonly string[] {
  const below = rooms.flatMap((room) =>
    readdirSync(join(project, room), { recursive: true, encoding: "utf8" }).map((file) =>
      join(room, file),
    ),
  );
  return [...below.filter((file) => file.endsWith(".ts")), "index.ts"];
}

/** The files that a file imports, types included. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(project, file), "utf8");
  return [...text.matchAll(/(?:from|import\(|require\()\s*"(\.{1,2}\/[^"]+)"/g)].flatMap(
    ([, specifier = ""]) => {
      const path = normalize(join(dirname(file), specifier));
      return [`${path}.ts`, join(path, "index.ts")].filter((candidate) =>
        existsSync(join(project, candidate)),
      );
    },
  );
}

/** Circles among imports, each once, as the files that it goes through. */
function circles(): readonly string[] {
  const graph = new Map(sources().map((file) => [file, importsOf(file)]));
  const done = new Set<string>();
  const found = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.add([...path.slice(at), file].join(" → "));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return [...found];
}

test("no file imports itself, on whatever way", () => {
  expect(sources().length).toBeGreaterThan(300);
  expect(importsOf("index.ts")).toContain(relative(project, join(project, "components/hive.ts")));
  expect(circles()).toEqual([]);
});
