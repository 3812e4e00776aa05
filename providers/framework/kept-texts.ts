import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Serialized providers that are kept from run to run. To serialize one takes up to a second of a
 * preview, and the result follows from its source: the key is the content of every file that a
 * provider may be made of, and of all that turns these into text. So nothing can be stale, and
 * whoever deletes the folder loses nothing.
 */
export class KeptTexts {
  private sources: string | undefined;

  /**
   * @param project - the project's root: where `providers/`, `model/`, `fleet/` and `tsconfig.json`
   *   are.
   * @param folder - where texts are kept.
   */
  constructor(
    private readonly project: string,
    private readonly folder: string = join(project, "node_modules", ".cache", "hive-providers"),
  ) {}

  /** The text of this name as it was made from exactly these sources, or else made now. */
  async text(name: string, make: () => Promise<string>): Promise<string> {
    const file = join(this.folder, `${name}-${this.sourcesHash()}.txt`);
    const known = read(file);
    if (known !== undefined && known !== "") return known;
    const made = await make();
    write(file, made);
    this.removeFormer(name, file);
    return made;
  }

  /** What other sources made under this name is of no use any more. */
  private removeFormer(name: string, current: string): void {
    const isText = new RegExp(`^${name}-[0-9a-f]{32}\\.txt$`);
    for (const other of list(this.folder)) {
      const file = join(this.folder, other);
      if (isText.test(other) && file !== current) rmSync(file, { force: true });
    }
  }

  private sourcesHash(): string {
    this.sources ??= hashOf([
      process.version,
      // Two compilers write the same source in two ways: what they made of a function here stands
      // for their way.
      contents.toString(),
      ...["@pulumi/pulumi", "typescript", "terser"].map((name) =>
        readFileSync(require.resolve(`${name}/package.json`), "utf8"),
      ),
      readFileSync(join(this.project, "tsconfig.json"), "utf8"),
      ...["model", "providers", "fleet"].flatMap((room) =>
        contents(join(this.project, room), room),
      ),
    ]);
    return this.sources;
  }
}

/** Names and contents of the TypeScript files below a folder, in a fixed order. */
function contents(folder: string, name: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return contents(path, `${name}/${entry.name}`);
      return entry.name.endsWith(".ts")
        ? [`${name}/${entry.name}`, readFileSync(path, "utf8")]
        : [];
    });
}

function hashOf(parts: readonly string[]): string {
  const hash = createHash("sha256");
  // With its length before it, so that no two lists of parts look the same.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 32);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Atomic, because several runs may write at once. What cannot be kept is made again by the next
 * run.
 */
function write(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch {
    // Read-only or full.
  }
}
