import type { Finished } from "../e2e/test-stage";

/** One number: what was measured and what is promised. */
export interface Figure {
  readonly what: string;
  readonly unit: "s" | "";
  readonly must: string;
  readonly aim: string;
  readonly values: number[];
}

/** A number that has no value yet. */
export const figure = (
  what: string,
  must: string,
  aim: string,
  unit: Figure["unit"] = "s",
): Figure => ({
  what,
  must,
  aim,
  unit,
  values: [],
});
/** Adds a run to a figure. @throws Error with the end of its output when it failed */
export function record(figure: Figure, run: Finished): void {
  if (run.code !== 0)
    throw new Error(`${figure.what}: exit code ${run.code}\n${run.output.slice(-4000)}`);
  figure.values.push(run.seconds);
  console.log(`  ${figure.what}: ${run.seconds.toFixed(1)} s`);
}

/** Waits for a run. @throws Error with the end of its output when it failed */
export async function expectSuccess(running: Promise<Finished>): Promise<void> {
  const run = await running;
  if (run.code !== 0) throw new Error(run.output.slice(-4000));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The figures as a table of the page. */
export function tableOf(figures: readonly Figure[]): string {
  const show = ({ unit, values }: Figure, pick: (list: readonly number[]) => number): string =>
    values.length === 0 ? "-" : unit === "s" ? pick(values).toFixed(1) : String(pick(values));
  const rows = figures.map(
    (figure) =>
      `| ${figure.what} | ${figure.must} | ${figure.aim} | **${show(figure, median)}** | ` +
      `${show(figure, (list) => Math.min(...list))}–${show(figure, (list) => Math.max(...list))} | ${figure.unit} |`,
  );
  return `| What | must | aim | median | min–max | unit |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
}
