import { configOf, withConfigKey } from "../stage-config";

const key = "hive:pins";
const comment =
  "# Releases that are kept although the site has newer ones: `npx hive unpin <image>` ends it.";

/** The pins in the text of `Pulumi.<stage>.yaml`: digests by name of an image, or of a service. */
export function pinsIn(text: string): Readonly<Record<string, string>> {
  const pins = configOf(text)[key];
  if (typeof pins !== "object" || pins === null) return {};
  return Object.fromEntries(Object.entries(pins).map(([name, digest]) => [name, String(digest)]));
}

/** The text with an image pinned. Only its own lines change: the file is the user's. */
export function withPin(text: string, image: string, digest: string): string {
  return edited(text, { ...pinsIn(text), [image]: digest }, (lines) => {
    const block = findBlock(lines);
    if (block === undefined) return appended(lines, image, digest);
    const indent = `${block.indent}  `;
    const entry = entryLine(lines, block, image);
    const line = `${indent}${image}: ${digest}`;
    return entry === undefined ? lines.toSpliced(block.end, 0, line) : lines.with(entry, line);
  });
}

/** The text without the pins of these names; without the whole key when none is left. */
export function withoutPins(text: string, names: readonly string[]): string {
  const left = Object.entries(pinsIn(text)).filter(([name]) => !names.includes(name));
  return edited(text, Object.fromEntries(left), (lines) => {
    const block = findBlock(lines);
    if (block === undefined) return lines;
    if (left.length === 0) return lines.toSpliced(block.begin, block.end - block.begin);
    const gone = names.map((name) => entryLine(lines, block, name));
    return lines.filter((_line, index) => !gone.includes(index));
  });
}

function edited(
  text: string,
  pins: Readonly<Record<string, string>>,
  edit: (lines: string[]) => string[],
): string {
  return withConfigKey(text, key, Object.keys(pins).length === 0 ? undefined : pins, edit);
}

/** Lines of the key with its entries, and of the comment that was written with it. */
interface Block {
  readonly indent: string;
  readonly begin: number;
  /** The line of the key. */
  readonly head: number;
  /** The line after the last entry. */
  readonly end: number;
}

function findBlock(lines: readonly string[]): Block | undefined {
  const head = lines.findIndex((line) => /^ +hive:pins:\s*$/.test(line));
  const indent = /^ +/.exec(lines[head] ?? "")?.[0];
  if (indent === undefined) return undefined;
  let end = head + 1;
  while (lines[end]?.startsWith(`${indent} `) === true) end += 1;
  let begin = head;
  if (lines[begin - 1]?.trim() === comment) begin -= 1;
  if (begin < head && lines[begin - 1] === "") begin -= 1;
  return { indent, begin, head, end };
}

function entryLine(lines: readonly string[], block: Block, name: string): number | undefined {
  const entry = lines.findIndex(
    (line, index) =>
      index > block.head && index < block.end && line.trimStart().startsWith(`${name}:`),
  );
  return entry < 0 ? undefined : entry;
}

/** At the end of the file, which usually is the end of `config`. */
function appended(lines: readonly string[], image: string, digest: string): string[] {
  const kept = lines.at(-1) === "" ? lines.slice(0, -1) : [...lines];
  return [...kept, "", `  ${comment}`, `  ${key}:`, `    ${image}: ${digest}`, ""];
}
