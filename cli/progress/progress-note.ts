import { progressPrefix } from "../../providers/progress/progress-line";
import { cleanMessage } from "../pulumi/diagnostics";

/** What long work says that it is doing. */
export interface ProgressNote {
  /** What it is about: `webgate`, `image webgate`. */
  readonly subject: string;
  readonly text: string;
}

/**
 * Reads a message of the engine as progress of providers, see
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

/** What resources about a service are called, apart from its name. */
const kinds = ["service", "initialization", "image", "volume", "network"] as const;

/**
 * Which of some running steps a note is about, by the names of resources: `webgate` is about
 * `service-webgate-service`, `image webgate` about `image-webgate-build`.
 *
 * @returns undefined when none fits
 */
export function stepOfNote(
  { subject, text }: ProgressNote,
  names: readonly string[],
): string | undefined {
  const own = subject.replaceAll(" ", "-");
  if (own === "") return undefined;
  // What initializes a service speaks of its steps; else the service itself comes first.
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
