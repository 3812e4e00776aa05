import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * A cache of serialized providers. Serializing one takes up to a second of a preview, and the
 * result depends only on its source: the key is the content of every file that a provider may
 * consist of, and of every tool that turns these files into text. So no entry can be stale, and the
 * folder may be deleted at any time.
 */
export class KeptTexts {
  private sources: string | undefined;

  /**
   * @param project - the project's root: where `providers/`, `model/`, `fleet/` and `tsconfig.json`
   *   are.
   * @param folder - folder of the cache.
   */
  constructor(
    private readonly project: string,
    private readonly folder: string = join(project, "node_modules", ".cache", "hive-providers"),
  ) {}

  /** The cached text of this name for exactly these sources; else it is made now. */
  async text(name: string, make: () => Promise<string>): Promise<string> {
    const file = join(this.folder, `${name}-${this.sourcesHash()}.txt`);
    const known = read(file);
    if (known !== undefined && known !== "") return known;
    const made = await make();
    write(file, made);
    this.removeFormer(name, file);
    return made;
  }

  /** Removes the texts of this name from other sources. */
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
      // Two compilers write the same source differently: their output for a function in this file
      // stands for their style.
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
  // The length comes first, so that no two lists of parts look the same.
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
 * Atomic, because several runs may write at once. Errors are ignored: the next run tries again.
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
