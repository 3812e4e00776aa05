import { progressPrefix } from "../../providers/progress/progress-line";
import { cleanMessage } from "../pulumi/diagnostics";

/** The subject of messages about the run as a whole. */
export const wholeRun = "stage";

/** A message of a long step about what it is doing. */
export interface ProgressNote {
  /** The subject: `portal`, `image portal`. */
  readonly subject: string;
  readonly text: string;
}

/**
 * Reads a message of Pulumi as progress of providers, see
 * `providers/progress/progress-line.ts`: `hive: <subject>: <text>`.
 *
 * @returns undefined for every other message
 */
export function readProgressNote(message: string): ProgressNote | undefined {
  const line = cleanMessage(message).split("\n").at(-1) ?? "";
  if (!line.startsWith(progressPrefix)) return undefined;
  const content = line.slice(progressPrefix.length);
  const colon = content.indexOf(": ");
  return colon < 1
    ? { subject: "", text: content }
    : { subject: content.slice(0, colon), text: content.slice(colon + 2) };
}

/** Prefixes of resource names that belong to a service. */
const kinds = ["service", "initialization", "image", "volume", "network"] as const;

/**
 * Finds the running step that a note is about, by the names of resources: `portal` is about
 * `service-portal-service`, `image portal` about `image-portal-build`.
 *
 * @returns undefined when none fits
 */
export function stepOfNote(
  { subject, text }: ProgressNote,
  names: readonly string[],
): string | undefined {
  const own = subject.replaceAll(" ", "-");
  if (own === "") return undefined;
  // Notes of an initialization begin with `step`; otherwise the service itself comes first.
  const order = text.startsWith("step ") ? ["initialization", ...kinds] : kinds;
  const candidates = [own, ...order.map((kind) => `${kind}-${own}`)];
  for (const candidate of candidates) {
    const found = names
      .filter((name) => name === candidate || name.startsWith(`${candidate}-`))
      // `service-web-service` rather than `service-web-gate-service`.
      .sort((a, b) => a.length - b.length)[0];
    if (found !== undefined) return found;
  }
  return undefined;
}
