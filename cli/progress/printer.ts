import type { EngineEvent } from "@pulumi/pulumi/automation";
import { harmless } from "../harmless";
import type { Terminal } from "../terminal";
import { readProgressNote, wholeRun } from "./progress-note";
import {
  type Direction,
  foldEvent,
  initialProgress,
  type Progress,
  type Section,
  sectionStates,
  type SectionState,
} from "./progress";
import { changeLines, liveLines, noteLine, stillRunningLines } from "./view";

/** Redraws per second on a live terminal: 8. */
const redrawMs = 125;
/** After this time without a line, plain output prints what still runs. */
const silenceMs = 10_000;

/** Shortest time between two notes of one step in plain output. */
const noteMs = 5000;

/**
 * Shows a run's progress: redrawn in place on a live terminal, else as a line whenever something
 * starts or ends.
 */
export class ProgressPrinter {
  private progress: Progress;
  /** States of the sections when plain lines were last printed. */
  private states: ReadonlyMap<Section, SectionState> = new Map();
  /** The last printed note of each step. */
  private readonly notes = new Map<string, { readonly text: string; readonly at: number }>();
  private stopped = false;
  private drawn = 0;
  private frame = 0;
  private lastPrint = Date.now();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly terminal: Terminal,
    direction: Direction,
  ) {
    this.progress = initialProgress(direction);
  }

  /** The state of the run. */
  get current(): Progress {
    return this.progress;
  }

  /** Starts the display. */
  start(): void {
    this.timer = setInterval(() => this.tick(), this.terminal.live ? redrawMs : 1000);
    // The run itself keeps the process alive.
    this.timer.unref();
  }

  /** Takes an event into account. */
  take(event: EngineEvent): void {
    this.progress = foldEvent(this.progress, event, Date.now());
    const said = readProgressNote(event.diagnosticEvent?.message ?? "");
    if (said?.subject === wholeRun) this.note(said.text);
    if (this.terminal.live) return;
    this.printChanges();
    this.printNotes();
  }

  /** Prints a line between the progress. */
  note(text: string): void {
    this.erase();
    this.printLines([text]);
  }

  /**
   * Shows the final state once and ends. If Pulumi died without a summary, the run has failed.
   */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    clearInterval(this.timer);
    this.progress = { ...this.progress, result: this.progress.result ?? "failed" };
    if (this.terminal.live) this.draw();
    else this.printChanges();
    this.drawn = 0;
  }

  private tick(): void {
    if (this.terminal.live) {
      this.frame += 1;
      this.draw();
      return;
    }
    this.printChanges();
    this.printNotes();
    if (Date.now() - this.lastPrint >= silenceMs) {
      this.printLines(stillRunningLines(this.progress, Date.now()));
      this.lastPrint = Date.now();
    }
  }

  private draw(): void {
    const { columns, paint } = this.terminal;
    const lines = liveLines(this.progress, { now: Date.now(), columns, frame: this.frame, paint });
    this.erase();
    if (lines.length > 0) this.terminal.write(`${harmless(lines.join("\n"))}\n`);
    this.drawn = lines.length;
  }

  /** Goes back to the first drawn line and clears from there (ECMA-48 CPL and ED). */
  private erase(): void {
    if (this.drawn > 0) this.terminal.write(`\u001b[${this.drawn}F\u001b[J`);
    this.drawn = 0;
  }

  private printChanges(): void {
    const now = Date.now();
    this.printLines(changeLines(this.states, this.progress, now));
    this.states = sectionStates(this.progress, now);
  }

  /**
   * Plain output: prints the new notes of steps, not more often than a person can read.
   */
  private printNotes(): void {
    const now = Date.now();
    for (const [section, { running }] of this.progress.sections) {
      for (const { name, note } of running.values()) {
        const before = this.notes.get(name);
        if (note === undefined || note === before?.text) continue;
        if (before !== undefined && now - before.at < noteMs) continue;
        this.notes.set(name, { text: note, at: now });
        this.printLines([noteLine(section, name, note)]);
      }
    }
  }

  private printLines(lines: readonly string[]): void {
    for (const line of lines) this.terminal.print(line);
    if (lines.length > 0) this.lastPrint = Date.now();
  }
}
