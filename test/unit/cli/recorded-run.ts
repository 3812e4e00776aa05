import type { EngineEvent } from "@pulumi/pulumi/automation";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Direction,
  foldEvent,
  initialProgress,
  type Progress,
} from "../../../cli/progress/progress";

/**
 * Events of a real run of the engine (CLI 3.259), reduced to operation, URN and type of each step.
 */
export function recordedEvents(name: string): readonly EngineEvent[] {
  const text = readFileSync(join(__dirname, "recorded", `${name}.jsonl`), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EngineEvent);
}

/** When an event was sent, milliseconds since 1970. */
export function timeOf(event: EngineEvent): number {
  return event.timestamp * 1000;
}

/** Folds events, each at the time at which it was sent. */
export function replay(events: readonly EngineEvent[], direction: Direction = "build"): Progress {
  return events.reduce(
    (progress, event) => foldEvent(progress, event, timeOf(event)),
    initialProgress(direction),
  );
}
