import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../..");
const width = 100;

/** Pages that a program writes. */
const generated = [
  "docs/inventory.md",
  "docs/stage-options.md",
  "docs/outputs-schema.md",
  "docs/benchmarks.md",
];

const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`),
].filter((page) => !generated.includes(page));

/** The lines of a text that are too long, except those that cannot be broken. */
function tooLong(text: string): readonly string[] {
  const prose = text.replace(/^ *```[^]*?^ *```$/gm, "");
  return prose.split("\n").filter((line) => {
    const cannotWrap = /^\s*(\||#|!\[)/.test(line);
    // Inline code and links count as one word.
    const words = line
      .replace(/\[[^\]]*\]\([^)]*\)/g, "link")
      .replace(/`[^`]*`/g, "code")
      .trim()
      .split(" ");
    return line.length > width && !cannotWrap && words.length > 1;
  });
}

test.each([
  ["a long line", `${"word ".repeat(20)}end`, 1],
  ["the same in a code block", `\`\`\`\n${"word ".repeat(20)}end\n\`\`\``, 0],
  ["the same in a table", `| ${"word ".repeat(20)}end |`, 0],
  ["a line that is one link", `([why](${"page/".repeat(20)}page.md)).`, 0],
  ["a line that ends with a long link", `See [why](${"page/".repeat(20)}page.md).`, 1],
])("%s", (_what, text, count) => {
  expect(tooLong(text)).toHaveLength(count);
});

test.each(pages)(`the lines of %s are at most ${width} wide`, (page) => {
  expect(tooLong(readFileSync(join(root, page), "utf8"))).toEqual([]);
});
