import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exitCodes } from "../exit-codes";
import { nextSteps } from "../new/next-steps";
import { type NewArgs, prepare, type Preparation, siteFile } from "../new/prepare";
import { additionText } from "../new/new-files";
import { loadPlan, loadSite } from "../plan";
import { projectFolder } from "../project";
import { processTerminal } from "../terminal";

/** `hive new`: writes a new service, job, image or secret into `site/`. */
export function newPart(options: NewArgs & { readonly dryRun: boolean }): number {
  const terminal = processTerminal();
  const prepared = prepare(options, {
    siteText: readFileSync(join(projectFolder, siteFile), "utf8"),
    site: loadSite(),
    exists: (path) => existsSync(join(projectFolder, path)),
  });
  if (options.dryRun) {
    terminal.print(preview(prepared));
    return exitCodes.ok;
  }
  writePart(prepared, projectFolder);
  terminal.print(
    [
      ...prepared.files.map(({ path }) => `wrote    ${path}`),
      ...(prepared.siteText === undefined ? [] : [`changed  ${siteFile}`]),
      "",
      nextSteps(prepared, firstAddress()),
    ].join("\n"),
  );
  return exitCodes.ok;
}

/** Writes what was prepared. @throws Error when a file has come into being in the meantime */
export function writePart({ files, siteText }: Preparation, project: string): void {
  for (const { path, text, executable } of files) {
    const file = join(project, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx", mode: executable === true ? 0o755 : 0o644 });
  }
  // Last, so that the site names nothing that is not there.
  if (siteText !== undefined) writeFileSync(join(project, siteFile), siteText);
}

/** What would be written, with the contents of all files. */
function preview({ files, addition, siteText }: Preparation): string {
  const parts = files.map(({ path, text }) => `${path}:\n\n${text.replace(/^(?=.)/gm, "  ")}`);
  const lines = siteText === undefined ? [] : [`${siteFile} gets:\n\n${additionText(addition)}\n`];
  return [...parts, ...lines, "Nothing was written (--dry-run)."].join("\n");
}

/** Address of the private stage's first server; undefined while the site has problems. */
function firstAddress(): string | undefined {
  try {
    const { hosts } = loadPlan("private", "names");
    return hosts.find(({ role }) => role === "cluster")?.privateAddress;
  } catch {
    return undefined;
  }
}
