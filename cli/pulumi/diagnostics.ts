import type { Paint } from "../terminal";
import { stepWords } from "../progress/step-words";
import { remedyFor } from "./remedies";
import { readUrn } from "./urn";

/** A message of Pulumi, a provider or the program. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** URN of the resource that it is about. */
  readonly urn: string | undefined;
  readonly message: string;
}

/** An error or warning for a person to read. */
export interface ReadableDiagnostic {
  readonly severity: Diagnostic["severity"];
  /**
   * `deploy-services: portal`, `setup-hosts: setup-hive0-base (HostStep)`; empty for a message
   * about no resource.
   */
  readonly subject: string;
  /** One or several lines. */
  readonly text: string;
  readonly remedy: string | undefined;
}

/** Messages of Pulumi that only repeat that something above failed. */
const echo =
  /^(?:(?:update|preview|refresh|destroy) (?:failed|cancell?ed)|resource .* (?:failed|was not processed).*|one or more errors occurred)$/i;

/**
 * The messages of a run without repetitions: Pulumi prints some of them twice, once for the
 * resource and once for the run.
 */
export function readableDiagnostics(
  diagnostics: readonly Diagnostic[],
): readonly ReadableDiagnostic[] {
  const read = diagnostics
    .map((diagnostic) => ({ ...diagnostic, text: cleanMessage(diagnostic.message) }))
    .filter(({ text }) => text !== "" && !echo.test(text));
  return read
    .filter((one, index) => !read.some((other, position) => repeats(one, other, index, position)))
    .map(({ severity, urn, text }) => ({
      severity,
      subject: urn === undefined ? "" : subjectOf(urn),
      text,
      remedy: severity === "error" ? remedyFor(text) : undefined,
    }));
}

/** Whether the second message includes the first one. */
function repeats(
  one: Diagnostic & { text: string },
  other: Diagnostic & { text: string },
  index: number,
  position: number,
): boolean {
  if (index === position || one.severity !== other.severity) return false;
  if (one.text === other.text) {
    const sameSubject = one.urn === other.urn;
    return sameSubject ? position < index : one.urn === undefined;
  }
  return one.urn === undefined && other.text.includes(one.text);
}

function subjectOf(urn: string): string {
  const { name, kind, phase } = readUrn(urn);
  if (kind === "Stack") return "";
  const words = stepWords(name);
  // The kind helps only where the words do not say it.
  const suffix = words !== name || kind === "" ? "" : ` (${kind})`;
  return `${phase === undefined ? "" : `${phase}: `}${words}${suffix}`;
}

/**
 * A message without details for developers of Pulumi: colour marks, stack traces (the log has
 * them), source positions of bridged providers, and the frame around a program's exception.
 */
export function cleanMessage(message: string): string {
  let text = message
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(/\r/g, "")
    .trim();
  const exception = /^Running program .* failed with an unhandled exception:\n/.exec(text);
  if (exception !== null) text = text.slice(exception[0].length);
  // After the first frame of a stack trace comes only an inspection of the error object.
  text = text.split(/\n\s+at .+(?::\d+:\d+\)?|<anonymous>\)?)/)[0] ?? "";
  text = text
    .replace(
      /^\s*(?:<ref \*\d+> )?(?:Uncaught )?(?:Error|InventoryError|TransportError|ResourceError|RunError): /,
      "",
    )
    .replace(/^[\w./-]+\.go:\d+: (?:sdk\.[\w.]+: )?/, "")
    .replace(/: provider=\w+@[\w.+-]+$/, "")
    .replace(/^\d+ errors? occurred:\n\s*\* /, "")
    .replace(/\n\s*\* /g, "\n");
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Prints errors and warnings: subject, text, remedy. */
export function diagnosticsText(diagnostics: readonly ReadableDiagnostic[], paint: Paint): string {
  return diagnostics
    .map(({ severity, subject, text, remedy }) => {
      const word = severity === "error" ? paint("red", "Error") : paint("yellow", "Warning");
      const head = subject === "" ? `${word}:` : `${word} in ${paint("bold", subject)}`;
      return [
        head,
        indent(text),
        ...(remedy === undefined ? [] : [indent(`→ ${remedy.replaceAll("\n", "\n  ")}`)]),
      ].join("\n");
    })
    .join("\n\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}
