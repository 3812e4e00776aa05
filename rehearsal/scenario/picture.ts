import type { ScenarioReport } from "./report";
export function picture(report: ScenarioReport): string {
  return `<svg xmlns="http://www.w3.org/2000/svg"><title>${report.scenario}</title></svg>`;
}
