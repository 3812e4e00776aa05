import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { type Phase, phases } from "../../model/phases";
import { continuation, progressPrefix } from "../../providers/progress/progress-line";
import { cleanMessage, type Diagnostic } from "../pulumi/diagnostics";
import { readUrn } from "../pulumi/urn";
import { type ProgressNote, readProgressNote, stepOfNote } from "./progress-note";

/**
 * The parts of a run: the refresh, the seven phases, and the rest.
 */
export type Section = "refresh" | Phase | "other";

/** Sections in the order in which they are shown. */
export const sections: readonly Section[] = ["refresh", ...phases, "other"];

/** Counts of resources by result, without components and providers. */
export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly replaced: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly read: number;
  readonly failed: number;
}

/** A step that is running. */
export interface RunningStep {
  readonly name: string;
  /** Pulumi's word: `create`, `update`, `delete` … */
  readonly operation: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Its last note. */
  readonly note?: string;
}

/** A step that has ended. */
export interface FinishedStep {
  readonly name: string;
  /** Pulumi's word: `create`, `update`, `delete` … */
  readonly operation: string;
  readonly milliseconds: number;
}

/** The progress of a section. */
export interface SectionProgress {
  /** The run has this section. */
  readonly present: boolean;
  /** When its first change started; undefined while nothing was changed in it. */
  readonly startedAt: number | undefined;
  /** When its last change ended. */
  readonly endedAt: number | undefined;
  /** By operation and URN. */
  readonly running: ReadonlyMap<string, RunningStep>;
  readonly counts: Counts;
}

/** Whether a run builds, phase after phase, or destroys, from the last phase to the first. */
export type Direction = "build" | "destroy";

/** The state of a run of Pulumi, from its events alone. */
export interface Progress {
  readonly direction: Direction;
  readonly sections: ReadonlyMap<Section, SectionProgress>;
  readonly diagnostics: readonly Diagnostic[];
  /** Steps that succeeded, in the order in which they ended, without unchanged resources. */
  readonly finished: readonly FinishedStep[];
  /** URNs of resources that could not be created, changed or removed. */
  readonly failed: readonly string[];
  /** From Pulumi's summary; undefined while it runs. */
  readonly result: "succeeded" | "failed" | undefined;
}

const nothing: Counts = {
  created: 0,
  updated: 0,
  replaced: 0,
  deleted: 0,
  unchanged: 0,
  read: 0,
  failed: 0,
};

const untouched: SectionProgress = {
  present: false,
  startedAt: undefined,
  endedAt: undefined,
  running: new Map(),
  counts: nothing,
};

/** The state before the first event. */
export function initialProgress(direction: Direction): Progress {
  const none = sections.map((section) => [section, untouched] as const);
  return {
    direction,
    sections: new Map(none),
    diagnostics: [],
    finished: [],
    failed: [],
    result: undefined,
  };
}

/** The sections in the order in which the run goes through them. */
export function sectionOrder({ direction }: Progress): readonly Section[] {
  return direction === "build" ? sections : [...sections].reverse();
}

/** The section's progress. */
export function sectionOf(progress: Progress, section: Section): SectionProgress {
  return progress.sections.get(section) ?? untouched;
}

/**
 * Takes one event of Pulumi into account.
 *
 * @param now when it arrived, milliseconds since 1970: the events' own times are whole seconds
 */
export function foldEvent(progress: Progress, event: EngineEvent, now: number): Progress {
  const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, summaryEvent } =
    event;
  if (resourcePreEvent !== undefined) return begin(progress, resourcePreEvent.metadata, now);
  if (resOutputsEvent !== undefined) return end(progress, resOutputsEvent.metadata, now, true);
  if (resOpFailedEvent !== undefined) return end(progress, resOpFailedEvent.metadata, now, false);
  if (diagnosticEvent !== undefined) {
    const { severity, urn, message } = diagnosticEvent;
    const note = readProgressNote(message);
    if (note !== undefined && severity === "info#err") return withWarning(progress, message);
    if (note !== undefined) return withNote(progress, note);
    if (severity !== "error" && severity !== "warning") return progress;
    return { ...progress, diagnostics: [...progress.diagnostics, { severity, urn, message }] };
  }
  if (summaryEvent !== undefined) {
    const { result } = summaryEvent as { result?: string };
    return { ...progress, result: result === "succeeded" ? "succeeded" : "failed" };
  }
  return progress;
}

/**
 * Adds a line of a provider's warning: the first line, or a continuation of the warning before.
 */
function withWarning(progress: Progress, message: string): Progress {
  const line = cleanMessage(message).slice(progressPrefix.length);
  const sentence = `${line.charAt(0).toUpperCase()}${line.slice(1)}`;
  const before = progress.diagnostics.slice(0, -1);
  const last = progress.diagnostics.at(-1);
  const diagnostics =
    line.startsWith(continuation) && last !== undefined
      ? [...before, { ...last, message: `${last.message}\n${line.slice(continuation.length)}` }]
      : [
          ...progress.diagnostics,
          { severity: "warning", urn: undefined, message: sentence } as const,
        ];
  return { ...progress, diagnostics };
}

/** Adds a note to the step that it is about; drops it if no such step runs. */
function withNote(progress: Progress, note: ProgressNote): Progress {
  const all = [...progress.sections].flatMap(([section, { running }]) =>
    [...running].map(([stepKey, step]) => ({ section, stepKey, step })),
  );
  const name = stepOfNote(
    note,
    all.map(({ step }) => step.name),
  );
  const found = all.find(({ step }) => step.name === name);
  if (found === undefined) return progress;
  const before = sectionOf(progress, found.section);
  const step = { ...found.step, note: note.text };
  const running = new Map([...before.running, [found.stepKey, step]]);
  return withSection(progress, found.section, { ...before, running });
}

function begin(progress: Progress, step: StepEventMetadata, now: number): Progress {
  const section = sectionFor(step);
  const before = sectionOf(progress, section);
  if (!isCounted(step)) return withSection(progress, section, { ...before, present: true });
  // Unchanged resources take no noticeable time; a replacement is shown by its parts.
  if (step.op === "same" || step.op === "replace")
    return withSection(progress, section, { ...before, present: true });
  const { name } = readUrn(step.urn);
  return withSection(progress, section, {
    ...before,
    present: true,
    startedAt: before.startedAt ?? now,
    running: new Map([...before.running, [key(step), { name, operation: step.op, since: now }]]),
  });
}

function end(progress: Progress, step: StepEventMetadata, now: number, ok: boolean): Progress {
  const section = sectionFor(step);
  const before = sectionOf(progress, section);
  if (!isCounted(step)) return withSection(progress, section, { ...before, present: true });
  const running = new Map(before.running);
  const begun = running.get(key(step));
  const began = running.delete(key(step));
  const counted = ok ? countOf(step.op) : "failed";
  const done =
    ok && begun !== undefined
      ? [{ name: begun.name, operation: begun.operation, milliseconds: now - begun.since }]
      : [];
  const noted = {
    ...progress,
    finished: [...progress.finished, ...done],
    failed: ok || step.op === "refresh" ? progress.failed : [...progress.failed, step.urn],
  };
  return withSection(noted, section, {
    ...before,
    present: true,
    running,
    // Replaced resources are removed at the end of the run, long after the phase is done.
    endedAt: began && step.op !== "delete-replaced" ? now : before.endedAt,
    counts:
      counted === undefined
        ? before.counts
        : { ...before.counts, [counted]: before.counts[counted] + 1 },
  });
}

/** The count that a finished step raises. */
function countOf(operation: string): keyof Counts | undefined {
  switch (operation) {
    case "create":
    case "import":
      return "created";
    case "update":
      return "updated";
    case "create-replacement":
    case "import-replacement":
      return "replaced";
    case "delete":
    case "discard":
      return "deleted";
    case "same":
      return "unchanged";
    case "refresh":
      return "read";
    default:
      // "replace", "delete-replaced" and the like: parts of a replacement, which is counted once.
      return undefined;
  }
}

function sectionFor(step: StepEventMetadata): Section {
  if (step.op === "refresh") return "refresh";
  return readUrn(step.urn).phase ?? "other";
}

/** Components and providers are Pulumi's bookkeeping, not resources of the user. */
function isCounted(step: StepEventMetadata): boolean {
  const custom = step.new?.custom ?? step.old?.custom ?? false;
  return custom && !step.type.startsWith("pulumi:");
}

function key(step: StepEventMetadata): string {
  return `${step.op} ${step.urn}`;
}

function withSection(progress: Progress, section: Section, value: SectionProgress): Progress {
  return { ...progress, sections: new Map([...progress.sections, [section, value]]) };
}

/** All counts of a run added up. */
export function totalCounts(progress: Progress): Counts {
  const total: Record<keyof Counts, number> = { ...nothing };
  for (const section of progress.sections.values()) {
    for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += section.counts[name];
  }
  return total;
}

/** The state of a section. `absent`: this run does not have it. */
export type SectionState = "absent" | "waiting" | "running" | "done" | "failed";

/**
 * Phases overlap a little: one counts as done only after this time without a change, milliseconds.
 */
const settleMs = 1500;

/**
 * The state of a section. Pulumi does not announce the end of a phase: it is done when none of its
 * steps runs or ran lately and a later phase has started, or when the run has ended.
 */
export function sectionState(progress: Progress, section: Section, now: number): SectionState {
  const own = sectionOf(progress, section);
  if (own.counts.failed > 0) return "failed";
  if (own.running.size > 0) return "running";
  const ended = progress.result !== undefined;
  const order = sectionOrder(progress);
  const later = order.slice(order.indexOf(section) + 1).filter((other) => other !== "other");
  const overtaken = later.some((other) => sectionOf(progress, other).startedAt !== undefined);
  const settled = now - (own.endedAt ?? now) >= settleMs;
  if (!own.present) return "absent";
  if (own.startedAt !== undefined) return ended || (overtaken && settled) ? "done" : "running";
  if (progress.result === "succeeded") return "done";
  // As far as known, nothing in it changes. A section without any event may still start.
  const earlier = order.slice(0, order.indexOf(section));
  const passed = earlier.every((other) => sectionState(progress, other, now) !== "running");
  return overtaken && passed && own.counts.unchanged > 0 ? "done" : "waiting";
}

/** The state of each section. */
export function sectionStates(progress: Progress, now: number): ReadonlyMap<Section, SectionState> {
  return new Map(sections.map((section) => [section, sectionState(progress, section, now)]));
}
