import type { Level } from "./sample";

/** A part of a picture that stands below the one before. */
export interface Block {
  /** Pixels. */
  readonly height: number;
  /** Its shapes, as SVG. */
  readonly draw: (top: number) => readonly string[];
}

/** A place, pixels from the top left. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Pixels that a text of 13 px takes at most in the fonts below, per character: DejaVu Sans, the
 * widest of them, has 0.6 of its size on average for small letters. A title is larger, and bold.
 */
function characterWidth(kind: string): number {
  return kind === "title" ? 11 : 7.9;
}

/** Colours hold on a light background, which is drawn. The levels differ in form as well. */
const style = `
  text { font: 13px "DejaVu Sans", "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
  .title { font-size: 17px; font-weight: 600; }
  .quiet { fill: #59636e; }
  .wrong { fill: #b3261e; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  .number { font-size: 11px; text-anchor: middle; fill: #ffffff; }
  .mark { stroke: #8c959f; stroke-dasharray: 3 3; }
  .axis { stroke: #59636e; }
  .all { fill: #2da44e; }
  .some { fill: #e3a008; }
  .none { fill: url(#away); stroke: #b3261e; }
  .unknown { fill: #d0d7de; }
  .step { fill: #34495e; }
  .failed { fill: #b3261e; }`;

/** A whole picture. */
export function document(
  width: number,
  height: number,
  title: string,
  shapes: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${Math.ceil(height)}" viewBox="0 0 ${width} ${Math.ceil(height)}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}\n</style>`,
    '<defs><pattern id="away" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">',
    '<rect width="6" height="6" fill="#ffffff"/><rect width="3" height="6" fill="#cf222e"/></pattern></defs>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...shapes,
    "</svg>",
    "",
  ].join("\n");
}

/** A text on its base line. @param kind names of its styles */
export function text(x: number, y: number, words: string, kind: string): string {
  const named = kind === "" ? "" : ` class="${kind}"`;
  return `<text x="${fixed(x)}" y="${fixed(y)}"${named}>${escaped(words)}</text>`;
}

/** A line. */
export function line(from: Point, to: Point, kind: string): string {
  return `<line x1="${fixed(from.x)}" y1="${fixed(from.y)}" x2="${fixed(to.x)}" y2="${fixed(to.y)}" class="${kind}"/>`;
}

/** The bar of a span: of half the height where something is missing. */
export function bar(from: number, to: number, top: number, height: number, level: Level): string {
  const isHalf = level === "some" || level === "unknown";
  const y = isHalf ? top + height / 2 : top;
  // A short span stays visible.
  const width = Math.max(2, to - from);
  return `<rect x="${fixed(from)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(isHalf ? height / 2 : height)}" class="${level}"/>`;
}

/** The number of a step. */
export function circle(
  x: number,
  y: number,
  radius: number,
  number: string,
  isFailed: boolean,
): string {
  const disc = `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="${radius}" class="${isFailed ? "failed" : "step"}"/>`;
  return disc + text(x, y + 4, number, "number");
}

/** The width that a text takes at most, pixels. @param kind names of its styles */
export function textWidth(words: string, kind = ""): number {
  return words.length * characterWidth(kind);
}

/** The lines of a text that is no wider than a width; a longer word is cut. */
export function wrapped(words: string, width: number, kind = ""): readonly string[] {
  const most = Math.floor(width / characterWidth(kind));
  const lines: string[] = [];
  for (const word of words.split(/\s+/).flatMap((whole) => pieces(whole, most))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function pieces(word: string, most: number): readonly string[] {
  const count = Math.max(1, Math.ceil(word.length / most));
  return Array.from({ length: count }, (_, index) => word.slice(index * most, (index + 1) * most));
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** What XML reads otherwise, and characters that it does not allow. */
function escaped(words: string): string {
  return (
    words
      // eslint-disable-next-line no-control-regex -- XML 1.0 has no place for them
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "?")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}
