import type { ChangeLine } from "./lines";
import type { Risk, RiskKind } from "./risk";

/** What a comment on a change request shows. */
export interface ShownChanges {
  readonly stage: string;
  /** `the last complete run`, `main (a1b2c3d)`. */
  readonly comparedWith: string;
  readonly lines: readonly ChangeLine[];
  readonly risks: readonly Risk[];
  readonly warnings: readonly string[];
}

const titles: Readonly<Record<RiskKind, string>> = {
  data: "Data are lost",
  rights: "Root on the servers",
  outage: "Outage",
  redundancy: "Redundancy",
  exposure: "Open to more people",
  cost: "Cost",
};

/**
 * The changes of a stage as Markdown, for a comment. Its first line is the same for each comment of
 * the stage, so that a later one replaces it. What comes from the site stands in code, where it
 * cannot be a link, a mention or a heading.
 */
export function changesMarkdown({
  stage,
  comparedWith,
  lines,
  risks,
  warnings,
}: ShownChanges): string {
  return [
    `### hive: the stage ${stage}`,
    "",
    `Compared with ${code(comparedWith)}.`,
    "",
    ...(risks.length === 0
      ? ["**Risk:** none that hive knows of.", ""]
      : [
          "| Risk | |",
          "|---|---|",
          ...risks.map(({ kind, text }) => `| **${titles[kind]}** | ${cell(text)} |`),
          "",
        ]),
    ...warnings.flatMap((text) => [`> ${cell(text)}`, ""]),
    "```diff",
    ...lines.map(({ text }) => diffLine(text)),
    "```",
    "",
  ].join("\n");
}

/** In a diff, `-` is red and `+` is green; other lines need a sign that has no meaning. */
function diffLine(text: string): string {
  const safe = oneLine(text).replaceAll("```", "'''");
  return /^[+\-!] /.test(safe) ? safe : `  ${safe}`;
}

function code(text: string): string {
  return `\`${oneLine(text).replaceAll("`", "'")}\``;
}

/** Text of a table's cell, of which nothing is markup. */
function cell(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|#@~]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
