import type { Problem } from "../problem/problems";
import { suggestion } from "../problem/suggestion";
import type { FileContent } from "../values/file-lookup";

/** A file of the project, and the name that it should export. */
interface Source {
  readonly file: string;
  readonly text: string;
  /** The name that is imported from it. */
  readonly wanted: string;
}

/**
 * The problem of a service without a value. TypeScript would report it, but hive loads a site
 * without its types: what a file does not export is undefined.
 *
 * @param name the service's key
 * @param path where the site names it
 * @param siteFile the file with the site's imports
 * @param conventional the file that a service of this name has by convention
 */
export function missingServiceProblem(
  name: string,
  path: string,
  read: FileContent,
  { siteFile, conventional }: { readonly siteFile: string; readonly conventional: string },
): Problem {
  const source =
    importedSource(name, siteFile, read) ?? sourceAt(conventional, name, read) ?? undefined;
  if (source === undefined) {
    return {
      path,
      message: "is undefined",
      remedy: `write the service: export const ${codeName(name)} = defineService({ … }) in ${conventional}, and import it in ${siteFile}`,
    };
  }
  const { file, wanted } = source;
  const exported = exportedNames(source.text);
  const others = exported.length === 0 ? "" : ` (it exports ${exported.join(", ")})`;
  if (exported.includes(wanted)) {
    return {
      path,
      message: `is undefined, although ${file} exports "${wanted}"`,
      remedy: `import it in ${siteFile}; two files that import each other see undefined, too`,
    };
  }
  const [only] = exported;
  const meant = suggestion(wanted, exported) ?? (exported.length === 1 ? only : undefined);
  return {
    path,
    message: `${file} exports no "${wanted}"${others}`,
    remedy:
      meant === undefined
        ? `export it there: export const ${codeName(wanted)} = defineService({ … })`
        : `rename ${meant} to ${wanted} in ${file}, or import ${meant} in ${siteFile}`,
  };
}

/** The file from which the site imports a service, as `import { name } from "./services/x"`. */
function importedSource(name: string, siteFile: string, read: FileContent): Source | undefined {
  const text = read(siteFile)?.toString() ?? "";
  const local = localName(name, text);
  for (const [, names = "", from = ""] of text.matchAll(
    /import\s*\{([^}]*)\}\s*from\s*["']\.\/([^"']+)["']/g,
  )) {
    for (const each of names.split(",")) {
      const [wanted = "", alias = wanted] = each.trim().split(/\s+as\s+/);
      if (alias !== local) continue;
      const folder = siteFile.slice(0, siteFile.lastIndexOf("/") + 1);
      return sourceAt(`${folder}${from.replace(/\.(ts|js)$/, "")}.ts`, wanted, read);
    }
  }
  return undefined;
}

/** The variable that the site gives a service: `web` of `{ web }`, `front` of `{ web: front }`. */
function localName(name: string, text: string): string {
  const literal = name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const key = `(?:\\b${literal}|"${literal}")`;
  return new RegExp(`${key}\\s*:\\s*([A-Za-z_$][\\w$]*)`).exec(text)?.[1] ?? name;
}

function sourceAt(file: string, wanted: string, read: FileContent): Source | undefined {
  const text = read(file)?.toString();
  return text === undefined ? undefined : { file, text, wanted };
}

/** Names that a file exports, in its order. */
function exportedNames(text: string): readonly string[] {
  const declared = [
    ...text.matchAll(/^export\s+(?:const|let|var|function|class)\s+([A-Za-z_$][\w$]*)/gm),
  ].map(([, name = ""]) => name);
  const listed = [...text.matchAll(/^export\s*\{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
    names
      .split(",")
      .map(
        (each) =>
          each
            .trim()
            .split(/\s+as\s+/)
            .at(-1) ?? "",
      )
      .filter((each) => each !== ""),
  );
  return [...declared, ...listed];
}

/** A service's name as a variable: `mail-relay` is `mailRelay`. */
function codeName(name: string): string {
  return name.replace(/-+(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
