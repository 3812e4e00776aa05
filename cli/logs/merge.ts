import type { LogLine } from "./log-lines";

/** A line and whose it is. */
export interface LabelledLine extends LogLine {
  /** Key of the source in {@link LogMerge}. */
  readonly source: string;
}

/**
 * Lines of several sources in the order of time. Each source keeps its own order, also where times
 * are equal or missing.
 */
export class LogMerge {
  private readonly lines: LabelledLine[] = [];
  private readonly last = new Map<string, string>();

  /** Takes lines of a source, in its order. */
  add(source: string, lines: readonly LogLine[]): void {
    for (const line of lines) {
      const before = this.last.get(source) ?? "";
      // A line without a time, or with an earlier one, stays behind the line before it.
      const time = line.time < before ? before : line.time;
      this.last.set(source, time);
      this.lines.push({ ...line, time, source });
    }
  }

  /** All lines taken since the last call, in the order of time. */
  drain(): readonly LabelledLine[] {
    // Sorting is stable, so that equal times keep the order in which they came.
    return this.lines.splice(0).sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  }
}
