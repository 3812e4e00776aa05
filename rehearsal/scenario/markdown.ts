import { rehearsalNotice } from "../notice";
import { lengthText, momentText } from "./clock";
import { lostText, type ScenarioReport } from "./report";
import { serviceHead, serviceRows, stepRows, verdictText } from "./report-rows";

/** The report of a scenario as Markdown, with the picture beside it. Pure. */
export function reportMarkdown(report: ScenarioReport): string {
  const { scenario, description, stage, site, startedAt, steps, servers, lost, problems } = report;
  const downs = servers.flatMap(({ name, zone, downs: times }) =>
    times.map(({ from, to, ended }) => [
      ...[name, zone, momentText(from), ended ? lengthText(to - from) : "not back"],
    ]),
  );
  return [
    `# ${scenario}: ${site}, ${stage}, in rehearsal`,
    "",
    description,
    "",
    `${startedAt}, watched for ${lengthText(report.timeline.seconds)}.`,
    "",
    `**${verdictText(report)}**`,
    "",
    // A command's message may have several lines; an item has one.
    ...problems.map((problem) => `- ${problem.replace(/\s+/g, " ")}`),
    ...(problems.length === 0 ? [] : [""]),
    "![What answered when](picture.svg)",
    "",
    ...table(serviceHead, serviceRows(report)),
    "",
    "Available is a service that answers at one of its addresses at least, or, without addresses, has",
    "one running task at least; reduced, one with less than it should have. What is away for less",
    "than a second or two may be missed.",
    "",
    ...(lost.length === 0
      ? []
      : [
          "## Lost with the data of one server",
          "",
          ...lost.map((one) => `- ${lostText(one)}`),
          "",
        ]),
    ...(downs.length === 0
      ? []
      : ["## Servers that were down", "", ...table(["server", "zone", "from", "for"], downs), ""]),
    "## Steps",
    "",
    ...table(["", "at", "step", "took"], stepRows(steps)),
    "",
    "## What this is",
    "",
    ...rehearsalNotice,
    "",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
