import type { Paint, Style } from "../terminal";
import type { AuditReport, Severity } from "./finding";

const styles: Readonly<Record<Severity, Style>> = { high: "red", medium: "yellow", low: "dim" };

/** An audit for a person: the worst first, each with its remedy. */
export function auditText(report: AuditReport, paint: Paint): string {
  const { findings, checked, notes, site, stage } = report;
  const servers = checked.length === 1 ? "1 server" : `${checked.length} servers`;
  const parts = [
    paint("bold", `${site}, stage ${stage}`),
    ...findings.map(({ id, severity, where, what, remedy }) =>
      [
        `${paint(styles[severity], severity.padEnd(6))}  ${id}  ${where}`,
        `  ${what}`,
        `  ${remedy}`,
      ].join("\n"),
    ),
    ...(notes.length === 0 ? [] : [notes.map((note) => paint("dim", note)).join("\n")]),
    findings.length === 0
      ? paint("green", `Nothing was found on ${servers}.`)
      : `${findings.length === 1 ? "1 finding" : `${findings.length} findings`} on ${servers}.`,
  ];
  return parts.join("\n\n");
}
