import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { closeSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { harmless } from "../harmless";
import { privateFolder } from "../project";
import { readUrn } from "./urn";

/** How many logs of a stage are kept. */
const kept = 20;

/**
 * The full log of one run of Pulumi: every step and every message, including those that are not
 * printed.
 */
export class RunLog {
  readonly file: string;
  private readonly descriptor: number;

  /** @param folder is created if needed; of older logs there, the newest 19 are kept */
  constructor(folder: string, now: Date = new Date()) {
    privateFolder(folder);
    const old = readdirSync(folder)
      .filter((name) => name.endsWith(".log"))
      .sort();
    for (const name of old.slice(0, Math.max(0, old.length - kept + 1)))
      rmSync(join(folder, name), { force: true });
    this.file = join(folder, `${now.toISOString().replace(/:/g, "-")}.log`);
    this.descriptor = openSync(this.file, "w", 0o600);
  }

  /** Writes a line (or several) with the time; somebody will look at it on a terminal. */
  write(text: string): void {
    const time = new Date().toISOString().slice(11, 23);
    const lines = harmless(text.trimEnd()).replaceAll("\n", "\n             ");
    writeSync(this.descriptor, `${time} ${lines}\n`);
  }

  /** Writes an event, without the values of resources. */
  event(event: EngineEvent): void {
    const line = eventLine(event);
    if (line !== undefined) this.write(line);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/**
 * An event as one line (a message may have several); undefined for events that are not for people.
 */
export function eventLine(event: EngineEvent): string | undefined {
  const {
    resourcePreEvent,
    resOutputsEvent,
    resOpFailedEvent,
    diagnosticEvent,
    summaryEvent,
    stdoutEvent,
  } = event;
  if (resourcePreEvent !== undefined) {
    const { metadata } = resourcePreEvent;
    return metadata.op === "same" ? undefined : stepLine("begin ", metadata);
  }
  if (resOutputsEvent !== undefined) return stepLine("end   ", resOutputsEvent.metadata);
  if (resOpFailedEvent !== undefined) return stepLine("FAILED", resOpFailedEvent.metadata);
  if (diagnosticEvent !== undefined) {
    // Debug messages are about Pulumi itself.
    if ((diagnosticEvent.severity as string) === "debug") return undefined;
    const subject =
      diagnosticEvent.urn === undefined ? "" : `${readUrn(diagnosticEvent.urn).name}: `;
    return `${diagnosticEvent.severity.padEnd(7)} ${subject}${diagnosticEvent.message}`;
  }
  if (stdoutEvent !== undefined) return `pulumi  ${stdoutEvent.message}`;
  if (summaryEvent !== undefined) return `summary ${JSON.stringify(summaryEvent)}`;
  return undefined;
}

function stepLine(what: string, step: StepEventMetadata): string {
  const changed =
    step.diffs === undefined || step.diffs === null || step.diffs.length === 0
      ? ""
      : ` [${step.diffs.join(", ")}]`;
  const { name, kind } = readUrn(step.urn);
  return `${what} ${step.op.padEnd(8)} ${name} (${kind})${changed}`;
}
