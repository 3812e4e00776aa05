import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type SiteList, withAddition } from "../cli/new/site-source";

/** One thing that docs/first-service.md asks its reader to do, or shows as the result. */
export type PageStep =
  /** Command lines, one by one. */
  | { readonly kind: "commands"; readonly lines: readonly string[] }
  /** A file to write, by its path in the project. */
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  /** An entry for one of the site's lists: `"name": { … },`. */
  | { readonly kind: "entry"; readonly list: SiteList; readonly text: string }
  /** Lines of a shell after `$ `, and what it prints then; "…" stands for lines left out. */
  | { readonly kind: "session"; readonly lines: readonly string[]; readonly prints: Prints }
  /** What the last of the commands before prints. */
  | { readonly kind: "output"; readonly prints: Prints };
type Prints = readonly string[];

/** The steps of docs/first-service.md, in the order of the page. */
export function firstServiceSteps(): readonly PageStep[] {
  const page = readFileSync(join(__dirname, "../docs/first-service.md"), "utf8");
  return [...page.matchAll(/^```(sh|ts)?(?: (\S+))?\n([^]*?)^```$/gm)].map(
    ([, language, title = "", text = ""]): PageStep => {
      const lines = text.trimEnd().split("\n");
      if (language === undefined) {
        const typed = lines.filter((line) => line.startsWith("$ "));
        const prints = lines.filter((line) => !line.startsWith("$ ") && line !== "…");
        if (typed.length === 0) return { kind: "output", prints };
        return { kind: "session", lines: typed.map((line) => line.slice(2)), prints };
      }
      if (title === "") return { kind: "commands", lines };
      if (title.startsWith("site."))
        return { kind: "entry", list: title.slice("site.".length) as SiteList, text };
      return { kind: "file", path: title, text };
    },
  );
}

/** The text of site/site.ts with an entry of the page in it. */
export function withEntry(siteText: string, list: SiteList, text: string): string {
  const [, name = "", value = ""] = /^"?([\w-]+)"?: (.*),\n$/.exec(text) ?? [];
  return withAddition(siteText, { entries: [{ list, name, value }] }) ?? "";
}
