import { lengthText, momentText } from "./clock";
import { type Block, bar, circle, document, line, text, textWidth, wrapped } from "./drawing";
import { rehearsalNotice } from "../notice";
import type { Outage, ScenarioReport } from "./report";
import { verdictText } from "./report-rows";
import type { Level } from "./sample";
import type { Lane } from "./timeline";

/** Sizes in pixels. */
const width = 1100;
const margin = 24;
const names = 200;
/** Room for "down 12 times, up to 12 min 32 s". */
const results = 268;
const laneHeight = 26;
const markSize = 18;
const lineHeight = 18;
const titleHeight = 22;

/** Where time is. */
const left = margin + names;
const right = width - margin - results;

/** A picture of a scenario: lanes over time, marks for steps. Pure. */
export function picture(report: ScenarioReport): string {
  const { timeline } = report;
  const x = (seconds: number): number =>
    left + ((right - left) * seconds) / Math.max(timeline.seconds, 1);
  const blocks = [
    titleBlock(report),
    marksBlock(report, x),
    lanesBlock("Services", timeline.services, x, (name) => serviceResult(report, name)),
    lanesBlock(
      "Servers",
      timeline.servers,
      x,
      (name) => serverResult(report, name),
      (name) => zoneName(report, name),
    ),
    axisBlock(timeline.seconds, x),
    keyBlock(),
    stepsBlock(report),
    noticeBlock(),
  ];
  let top = margin;
  const placed = blocks.map((block) => {
    const at = top;
    top += block.height;
    return block.draw(at);
  });
  // Under everything, so that neither bars nor numbers are cut; they end where the lanes end.
  const marksTop = margin + (blocks[0]?.height ?? 0);
  const lanesEnd = blocks.slice(1, 4).reduce((sum, { height }) => sum + height, marksTop);
  const rows = markRows(report, x);
  const marks = report.steps.map(({ from }, index) =>
    line({ x: x(from), y: marksTop + markY(rows[index]) }, { x: x(from), y: lanesEnd }, "mark"),
  );
  return document(width, top + margin, `${report.scenario} in rehearsal`, [
    ...marks,
    ...placed.flat(),
  ]);
}

function titleBlock(report: ScenarioReport): Block {
  const { site, stage, startedAt, scenario, problems, timeline } = report;
  const room = width - 2 * margin;
  const titles = wrapped(`${scenario}: ${site}, ${stage}, in rehearsal`, room, "title");
  const started = startedAt.replace("T", " ").slice(0, 16);
  const kind = problems.length === 0 ? "" : "wrong";
  const sentences = [verdictText(report), ...problems].flatMap((words) => wrapped(words, room));
  const below = titles.length * titleHeight;
  return {
    height: below + (sentences.length + 1) * lineHeight + 20,
    draw: (top) => [
      ...titles.map((words, row) => text(margin, top + 18 + row * titleHeight, words, "title")),
      text(
        margin,
        top + below + 16,
        `${started} UTC, watched for ${lengthText(timeline.seconds)}`,
        "quiet",
      ),
      ...sentences.map((words, row) =>
        text(margin, top + below + 18 + (row + 1) * lineHeight, words, kind),
      ),
    ],
  };
}

/** The rows of the steps' numbers: as many as these need to stand beside each other. */
function markRows({ steps }: ScenarioReport, x: (seconds: number) => number): readonly number[] {
  const ends: number[] = [];
  return steps.map(({ from }) => {
    const at = x(from);
    const free = ends.findIndex((end) => at - end >= markSize + 2);
    const row = free === -1 ? ends.length : free;
    ends[row] = at;
    return row;
  });
}

/** Where the middle of a row is. */
function markY(row = 0): number {
  return row * (markSize + 2) + markSize / 2;
}

function marksBlock(report: ScenarioReport, x: (seconds: number) => number): Block {
  const rows = markRows(report, x);
  return {
    height: markY(Math.max(0, ...rows)) + markSize / 2 + 10,
    draw: (top) =>
      report.steps.map(({ from, failure }, index) => {
        const number = String(index + 1);
        return circle(
          x(from),
          top + markY(rows[index]),
          markSize / 2,
          number,
          failure !== undefined,
        );
      }),
  };
}

function lanesBlock(
  title: string,
  lanes: readonly Lane[],
  x: (seconds: number) => number,
  result: (name: string) => string,
  label: (name: string) => string = (name) => name,
): Block {
  return {
    height: 24 + lanes.length * laneHeight,
    draw: (top) => [
      text(margin, top + 16, title, "quiet"),
      ...lanes.flatMap(({ name, spans }, index) => {
        const y = top + 24 + index * laneHeight;
        const base = y + laneHeight / 2 + 4;
        return [
          text(left - 12, base, fitting(label(name), names - 16), "end"),
          ...spans.map(({ from, to, level }) => bar(x(from), x(to), y + 3, laneHeight - 8, level)),
          text(right + 12, base, fitting(result(name), results - 12), ""),
        ];
      }),
    ],
  };
}

function axisBlock(seconds: number, x: (seconds: number) => number): Block {
  const steps = [5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];
  const every = steps.find((step) => seconds / step <= 10) ?? 14_400;
  const ticks = Array.from(
    { length: Math.floor(seconds / every) + 1 },
    (_, index) => index * every,
  );
  return {
    height: 44,
    draw: (top) => [
      line({ x: left, y: top + 6 }, { x: right, y: top + 6 }, "axis"),
      ...ticks.flatMap((tick) => [
        line({ x: x(tick), y: top + 6 }, { x: x(tick), y: top + 11 }, "axis"),
        text(x(tick), top + 25, momentText(tick), "quiet middle"),
      ]),
      // Beside the last of the moments.
      text(right + 40, top + 25, "min:s", "quiet"),
    ],
  };
}

const meanings: readonly (readonly [Level, string])[] = [
  ["all", "runs"],
  ["some", "runs with less than it should"],
  ["none", "does not answer or run"],
  ["unknown", "not known"],
];

function keyBlock(): Block {
  let at = left;
  const entries = meanings.map(([level, meaning]) => {
    const from = at;
    at += 40 + textWidth(meaning) + 18;
    return { level, meaning, from };
  });
  return {
    height: 38,
    draw: (top) =>
      entries.flatMap(({ level, meaning, from }) => [
        bar(from, from + 30, top, laneHeight - 8, level),
        text(from + 38, top + 14, meaning, "quiet"),
      ]),
  };
}

function stepsBlock({ steps }: ScenarioReport): Block {
  const from = margin + 90;
  const rows = steps.map((step) => {
    const { text: words, failure } = step;
    const told = failure === undefined ? words : `${words}: failed, ${failure}`;
    return { step, lines: wrapped(told, width - margin - from) };
  });
  const height = (lines: readonly string[]): number => lines.length * lineHeight + 4;
  return {
    height: 34 + rows.reduce((sum, { lines }) => sum + height(lines), 0),
    draw: (top) => {
      let y = top + 38;
      const shapes = rows.flatMap(({ step, lines }, index) => {
        const at = y;
        y += height(lines);
        return [
          circle(
            margin + markSize / 2,
            at - 4,
            markSize / 2,
            String(index + 1),
            step.failure !== undefined,
          ),
          text(margin + 78, at, momentText(step.from), "quiet end"),
          ...lines.map((words, row) => text(from, at + row * lineHeight, words, "")),
        ];
      });
      return [text(margin, top + 14, "Steps", "quiet"), ...shapes];
    },
  };
}

function noticeBlock(): Block {
  const lines = wrapped(rehearsalNotice.join(" "), width - 2 * margin);
  return {
    height: 14 + lines.length * lineHeight,
    draw: (top) =>
      lines.map((words, index) => text(margin, top + 22 + index * lineHeight, words, "quiet")),
  };
}

function serviceResult({ services }: ScenarioReport, name: string): string {
  const found = services.find((service) => service.name === name);
  if (found === undefined) return "";
  const { outages, longestSeconds } = found;
  return outages.length === 0 ? "never away" : timesText("away", outages, longestSeconds);
}

function serverResult({ servers }: ScenarioReport, name: string): string {
  const downs = servers.find((server) => server.name === name)?.downs ?? [];
  const longest = Math.max(0, ...downs.map(({ from, to }) => to - from));
  return downs.length === 0 ? "never down" : timesText("down", downs, longest);
}

function timesText(what: string, times: readonly Pick<Outage, "ended">[], longest: number): string {
  if (times.at(-1)?.ended === false) return "not back";
  const length = lengthText(longest);
  return times.length === 1
    ? `${what} ${length}`
    : `${what} ${times.length} times, up to ${length}`;
}

/** Servers stand with their zone. */
function zoneName({ servers }: ScenarioReport, name: string): string {
  const zone = servers.find((server) => server.name === name)?.zone ?? "";
  const letter = /[0-9]([a-z])$/.exec(zone)?.[1];
  return letter === undefined ? name : `${name}, zone ${letter}`;
}

/** A text cut to a width. */
function fitting(words: string, most: number): string {
  let short = words;
  while (textWidth(short) > most && short.length > 1) short = `${short.slice(0, -2)}…`;
  return short;
}
