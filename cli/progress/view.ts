import type { Paint } from "../terminal";
import { noteWords, stepWords } from "./step-words";
import {
  type Counts,
  type Progress,
  type RunningStep,
  type Section,
  type SectionState,
  sectionOf,
  sectionOrder,
  sectionState,
} from "./progress";

const nameWidth = 20;
const timeWidth = 8;

/** `0.4 s`, `12.3 s`, `2 min 05 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** `14 created, 2 updated, 3 unchanged`; `nothing to do` when all are zero. */
export function countsText(counts: Counts): string {
  const words: readonly (keyof Counts)[] = [
    "failed",
    "created",
    "updated",
    "replaced",
    "deleted",
    "read",
    "unchanged",
  ];
  const parts = words.filter((word) => counts[word] > 0).map((word) => `${counts[word]} ${word}`);
  return parts.length === 0 ? "nothing to do" : parts.join(", ");
}

/** The label that is printed for a section. */
export function sectionLabel(section: Section): string {
  if (section === "refresh") return "refresh";
  return section === "other" ? "rest" : section;
}

/** How long a section has taken; undefined if nothing was changed in it. */
export function sectionTime(progress: Progress, section: Section, now: number): number | undefined {
  const { startedAt, endedAt, running } = sectionOf(progress, section);
  if (startedAt === undefined) return undefined;
  return (running.size > 0 || endedAt === undefined ? now : endedAt) - startedAt;
}

/** `portal 6 s, image am (delete) 1 s, and 3 more`: what runs, the oldest first. */
function runningText(steps: ReadonlyMap<string, RunningStep>, now: number): string {
  const oldest = [...steps.values()].sort((a, b) => a.since - b.since);
  const shown = oldest.slice(0, 3).map(({ name, operation, since }) => {
    const verb = operation.startsWith("create") || operation === "refresh" ? "" : ` (${operation})`;
    return `${stepWords(name)}${verb} ${Math.floor((now - since) / 1000)} s`;
  });
  if (oldest.length > shown.length) shown.push(`and ${oldest.length - shown.length} more`);
  return shown.join(", ");
}

function detail(progress: Progress, section: Section, now: number): string {
  const { running, counts } = sectionOf(progress, section);
  if (running.size === 0) return countsText(counts);
  const steps = runningText(running, now);
  return counts.failed > 0 ? `${counts.failed} failed; still running: ${steps}` : steps;
}

/** One line of a section. */
export function sectionLine(progress: Progress, section: Section, now: number): string {
  const time = sectionTime(progress, section, now);
  const columns = [
    sectionLabel(section).padEnd(nameWidth),
    (time === undefined ? "" : duration(time)).padStart(timeWidth),
    detail(progress, section, now),
  ];
  return columns.join("  ").trimEnd();
}

/** Whether a section changed, or read, anything. */
export function hasChanges(progress: Progress, section: Section): boolean {
  const { startedAt, counts } = sectionOf(progress, section);
  return startedAt !== undefined || counts.read > 0;
}

/**
 * The rest outside of the phases, and a phase that a destroying run finds empty, get no line.
 */
function isIdle(progress: Progress, section: Section): boolean {
  if (sectionOf(progress, section).startedAt !== undefined) return false;
  return section === "other" || progress.direction === "destroy";
}

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;

/** How many notes a live terminal shows for each section: those of the oldest steps. */
const shownNotes = 4;

/** The notes of the running steps of a section, a line each. */
export function noteLines(
  progress: Progress,
  section: Section,
  now: number,
  columns: number,
): readonly string[] {
  return [...sectionOf(progress, section).running.values()]
    .filter(({ note }) => note !== undefined)
    .sort((a, b) => a.since - b.since)
    .slice(0, shownNotes)
    .map(({ name, since, note = "" }) =>
      `    ${stepWords(name)} ${Math.floor((now - since) / 1000)} s: ${noteWords(note)}`.slice(
        0,
        Math.max(20, columns - 1),
      ),
    );
}

/** The same for plain output. */
export function noteLine(section: Section, name: string, note: string): string {
  return `${sectionLabel(section).padEnd(nameWidth)}  ${stepWords(name)}: ${noteWords(note)}`;
}

/**
 * What a live terminal shows: one line per section that the run has, cut to the width of the
 * terminal.
 *
 * @param frame counts redraws; turns the spinner
 */
export function liveLines(
  progress: Progress,
  look: {
    readonly now: number;
    readonly columns: number;
    readonly frame: number;
    readonly paint: Paint;
  },
): readonly string[] {
  const { now, columns, frame, paint } = look;
  return sectionOrder(progress).flatMap((section) => {
    const state = sectionState(progress, section, now);
    if (state === "absent" || isIdle(progress, section)) return [];
    const line = sectionLine(progress, section, now).slice(0, Math.max(20, columns - 3));
    switch (state) {
      case "failed":
        return [`${paint("red", "✗")} ${line}`];
      case "running":
        return [
          `${paint("cyan", spinner[frame % spinner.length] ?? "")} ${line}`,
          ...noteLines(progress, section, now, columns).map((note) => paint("dim", note)),
        ];
      case "done":
        return [`${paint("green", "✓")} ${line}`];
      case "waiting":
        return [paint("dim", `  ${sectionLabel(section)}`)];
    }
  });
}

/**
 * The new lines of plain output: one when a section starts, ends or fails. A section without
 * changes gets none; the summary names it.
 *
 * @param before states of the sections when the last lines were printed
 */
export function changeLines(
  before: ReadonlyMap<Section, SectionState>,
  progress: Progress,
  now: number,
): readonly string[] {
  return sectionOrder(progress).flatMap((section) => {
    const was = before.get(section);
    const is = sectionState(progress, section, now);
    if (was === is || isIdle(progress, section)) return [];
    if (is === "running") {
      return was === "done" ? [] : [`${sectionLabel(section).padEnd(nameWidth)}  started`];
    }
    if (is === "done" && !hasChanges(progress, section)) return [];
    return is === "done" || is === "failed" ? [sectionLine(progress, section, now)] : [];
  });
}

/** Lines about running steps, for plain output after a time of silence. */
export function stillRunningLines(progress: Progress, now: number): readonly string[] {
  return sectionOrder(progress)
    .filter((section) => sectionOf(progress, section).running.size > 0)
    .map((section) => sectionLine(progress, section, now));
}
