/**
 * Measures the numbers that the project promises, on a private stage of its own, and writes them to docs/benchmarks.md.
 *
 * `npm run bench [-- --runs 3]`: medians of so many runs; about two minutes a run.
 */
import { writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { docker, eventually, fetchPage, type Finished, TestStage } from "../e2e/test-stage";

/** One number: what was measured and what is promised. */
interface Figure {
  readonly what: string;
  readonly unit: "s" | "";
  readonly must: string;
  readonly aim: string;
  readonly values: number[];
}

const figures: Figure[] = [
  {
    what: "private stage from nothing, toolchain and images cached",
    unit: "s",
    must: "90",
    aim: "45",
    values: [],
  },
  { what: "`up` without change (4 hosts, 1 service)", unit: "s", must: "15", aim: "6", values: [] },
  { what: "SSH sessions of an `up` without change", unit: "", must: "0", aim: "0", values: [] },
  { what: "`preview`", unit: "s", must: "8", aim: "4", values: [] },
  {
    what: "one service's image changed: build, push, roll",
    unit: "s",
    must: "25 + build",
    aim: "10 + build",
    values: [],
  },
  {
    what: "a page answers again everywhere after a server was killed, by `up`",
    unit: "s",
    must: "-",
    aim: "-",
    values: [],
  },
  { what: "Pulumi resources per host", unit: "", must: "10", aim: "5", values: [] },
];

const [fresh, unchanged, sessions, preview, changed, mended, perHost] = figures as [
  Figure,
  Figure,
  Figure,
  Figure,
  Figure,
  Figure,
  Figure,
];

async function main(): Promise<void> {
  const flag = process.argv.indexOf("--runs");
  const runs = flag < 0 ? 3 : Number(process.argv[flag + 1]);
  if (!Number.isInteger(runs) || runs < 1 || runs > 20)
    throw new Error("--runs takes a number from 1 to 20.");
  for (let run = 1; run <= runs; run++) {
    console.log(`run ${run} of ${runs}`);
    await measure(run);
  }
  const page = report(runs);
  writeFileSync(join(__dirname, "..", "..", "docs", "benchmarks.md"), page);
  console.log(page);
}

async function measure(run: number): Promise<void> {
  const stage = new TestStage("bench", { cidr: "172.29.80.0/24" });
  const hosts = [0, 1, 2].map((index) => `172.29.80.${4 + index}`);
  const pages = (): Promise<true> =>
    eventually(60, async () => {
      const answers = await Promise.all(hosts.map((host) => fetchPage(`http://${host}/`)));
      return answers.every((answer) => answer?.status === 200) ? true : undefined;
    });
  try {
    record(fresh, await stage.hive(["up", "--yes"]));
    await pages();
    const before = sshSessions(stage);
    if (before === 0) throw new Error("No login is in the servers' journals: they were not read.");
    record(
      unchanged,
      await stage.hive(["pulumi", "--", "up", "--yes", "--skip-preview", "--expect-no-changes"]),
    );
    sessions.values.push(sshSessions(stage) - before);
    record(preview, await stage.hive(["pulumi", "--", "preview"]));
    stage.edit("site/services/webgate.ts", 'RELEASE: "1"', `RELEASE: "${run + 1}"`);
    stage.edit(
      "site/images/webgate/Dockerfile",
      'CMD ["/usr/local/bin/webgate"]',
      `LABEL run="${run}"\nCMD ["/usr/local/bin/webgate"]`,
    );
    record(changed, await stage.hive(["up", "--yes"]));
    docker("kill", `p-hive1.${stage.siteName}`);
    const start = Date.now();
    await expectSuccess(stage.hive(["up", "--yes"]));
    await pages();
    mended.values.push((Date.now() - start) / 1000);
    const state = await stage.hive(["pulumi", "--", "stack", "export"]);
    const { deployment } = JSON.parse(state.stdout) as {
      deployment: { resources: { urn: string }[] };
    };
    perHost.values.push(
      deployment.resources.filter(({ urn }) => /hive0(-|$)/.test(urn.split("::").at(-1) ?? ""))
        .length,
    );
  } finally {
    await stage.hive(["destroy", "--yes"]);
    stage.remove();
  }
}

/** How often sshd let somebody in, on all servers together. */
function sshSessions(stage: TestStage): number {
  return [0, 1, 2, 3]
    .map((index) => `p-hive${index}.${stage.siteName}`)
    .map((host) =>
      docker(
        "exec",
        host,
        "sh",
        "-c",
        "journalctl -u ssh --no-pager | grep -c 'Accepted publickey' || true",
      ),
    )
    .reduce((sum, count) => sum + Number(count), 0);
}

function record(figure: Figure, run: Finished): void {
  if (run.code !== 0)
    throw new Error(`${figure.what}: exit code ${run.code}\n${run.output.slice(-4000)}`);
  figure.values.push(run.seconds);
  console.log(`  ${figure.what}: ${run.seconds.toFixed(1)} s`);
}

async function expectSuccess(running: Promise<Finished>): Promise<void> {
  const run = await running;
  if (run.code !== 0) throw new Error(run.output.slice(-4000));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(runs: number): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
  const show = ({ unit, values }: Figure, pick: (list: readonly number[]) => number): string =>
    unit === "s" ? pick(values).toFixed(1) : String(pick(values));
  const rows = figures.map(
    (figure) =>
      `| ${figure.what} | ${figure.must} | ${figure.aim} | **${show(figure, median)}** | ` +
      `${show(figure, (list) => Math.min(...list))}–${show(figure, (list) => Math.max(...list))} | ${figure.unit} |`,
  );
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: medians of ${runs} runs on ${machine}.
Whole commands, from start to exit; the private stage with its own names and network.

| What | must | aim | median | min–max | unit |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
