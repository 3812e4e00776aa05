import { placeOf, type RunningTask } from "../tasks/running-tasks";
import type { CopyDirection } from "./copy-argument";
import type { CopyCounts } from "./pack";

/** The message at the end of a copy. */
export function copiedText(
  { files, bytes }: CopyCounts,
  direction: CopyDirection,
  task: RunningTask,
): string {
  const what = `${files} file${files === 1 ? "" : "s"} (${sizeText(bytes)})`;
  return direction.to === "container"
    ? `Copied ${what} to ${direction.destination.path} in ${placeOf(task)}.`
    : `Copied ${what} from ${direction.source.path} in ${placeOf(task)}.`;
}

/** `512 B`, `3.4 kB`, `12.0 MB`, in steps of a thousand. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
