import { lengthText, momentText } from "./clock";
import type { ScenarioReport, ServiceReport, StepDone } from "./report";

/** Heads of the columns of {@link serviceRows}. */
export const serviceHead = ["service", "available", "longest outage", "back on", "reduced for"];

/** The table of services that every form of a report shows; its cells are texts. */
export function serviceRows({ services }: ScenarioReport): readonly (readonly string[])[] {
  return services.map((service) => [
    service.name,
    percentText(service),
    service.outages.length === 0
      ? "none"
      : `${lengthText(service.longestSeconds)}${service.outages.length > 1 ? ` (of ${service.outages.length})` : ""}`,
    backText(service),
    service.reducedSeconds === 0 ? "-" : lengthText(service.reducedSeconds),
  ]);
}

/** The steps with their moments, and what failed. */
export function stepRows(steps: readonly StepDone[]): readonly (readonly string[])[] {
  return steps.map(({ text, from, to, failure }, index) => [
    String(index + 1),
    momentText(from),
    text,
    failure === undefined ? lengthText(to - from) : `failed: ${failure}`,
  ]);
}

/** What a report says at its head: whether everything was as expected. */
export function verdictText({ scenario, problems }: ScenarioReport): string {
  if (problems.length === 0) return `${scenario}: all is as expected.`;
  return `${scenario}: ${problems.length === 1 ? "1 thing is" : `${problems.length} things are`} not as expected.`;
}

function percentText({ availablePercent, outages }: ServiceReport): string {
  if (availablePercent === undefined) return "?";
  if (outages.length === 0) return "100 %";
  // Never rounded up to what it is not.
  return `${(Math.floor(availablePercent * 10) / 10).toFixed(1)} %`;
}

function backText({ outages }: ServiceReport): string {
  const last = outages.at(-1);
  if (last === undefined) return "-";
  if (!last.ended) return "not back";
  return last.backOn.length === 0 ? "?" : last.backOn.join(", ");
}
