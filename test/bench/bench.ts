/**
 * Measures the numbers that the project promises, on a private stage of its own, and writes them to
 * docs/benchmarks.md.
 *
 * `npm run bench [-- --runs 3]`: medians of so many runs; about five minutes a run.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { statusPath } from "../e2e/stage-under-test";
import { docker, eventually, fetchPage, type Finished, TestStage } from "../e2e/test-stage";

/** The port of the service of {@link addProbe}, and a page of it. */
const probePort = 8080;
const probePath = `:${probePort}/healthz`;

/** One number: what was measured and what is promised. */
interface Figure {
  readonly what: string;
  readonly unit: "s" | "";
  readonly must: string;
  readonly aim: string;
  readonly values: number[];
}

const figure = (what: string, must: string, aim: string, unit: Figure["unit"] = "s"): Figure => ({
  what,
  must,
  aim,
  unit,
  values: [],
});
const fresh = figure("private stage from nothing, toolchain and images cached", "90", "45");
const unchanged = figure("`up` without change (4 hosts, 5 services)", "15", "6");
const sessions = figure("SSH sessions of an `up` without change", "0", "0", "");
const preview = figure("`preview`", "8", "4");
// The same work as before the question of `hive up`, which needs a terminal to ask on.
const shown = figure("seconds from `hive up` to the shown change (`hive preview`)", "8", "4");
const changed = figure(
  "one service's image changed: build, push, roll (`hive up`)",
  "25 + build",
  "10 + build",
);
const deployed = figure("the same by `hive deploy`", "25 + build", "10 + build");
const crashed = figure(
  "a release that crashes at its start is reported, with its last lines (`hive deploy`, to its exit)",
  "40",
  "20",
);
const mended = figure(
  "a page answers again everywhere after a server was killed, by `up`",
  "-",
  "-",
);
const movedOther = figure(
  "stateful service back after its host, not the Swarm's leader, is killed",
  "15",
  "8",
);
const movedLeader = figure(
  "stateful service back after its host, the Swarm's leader, is killed",
  "45",
  "25",
);
const rolledBack = figure(
  "gap of a port while a release that crashes is rolled back: no answer on a server",
  "10",
  "5",
);
const renamed = figure("gap of a port in a rename: no answer on a server", "5", "3");
const perHost = figure("Pulumi resources of hive's own per host", "6", "5", "");
const figures = [
  fresh,
  unchanged,
  sessions,
  preview,
  shown,
  changed,
  deployed,
  crashed,
  mended,
  movedOther,
  movedLeader,
  rolledBack,
  renamed,
  perHost,
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
  const table = report(runs);
  const page = join(__dirname, "..", "..", "docs", "benchmarks.md");
  const before = readFileSync(page, "utf8");
  // What people wrote about the figures stays.
  const text = before.slice(before.indexOf(firstHeading));
  writeFileSync(page, `${table}\n${text}`);
  console.log(table);
}

async function measure(run: number): Promise<void> {
  const stage = new TestStage("bench", { cidr: "172.29.80.0/24" });
  const hosts = [0, 1, 2].map((index) => `172.29.80.${4 + index}`);
  const pages = (): Promise<true> =>
    eventually(60, async () => {
      const answers = await Promise.all(
        hosts.flatMap((host) => [
          fetchPage(`http://${host}${statusPath}`),
          fetchPage(`http://${host}${probePath}`),
        ]),
      );
      return answers.every((answer) => answer?.status === 200) ? true : undefined;
    });
  try {
    record(fresh, await stage.hive(["up", "--yes"]));
    addProbe(stage);
    await expectSuccess(stage.hive(["up", "--yes"]));
    await pages();
    const before = sshSessions(stage);
    if (before === 0) throw new Error("No login is in the servers' journals: they were not read.");
    record(
      unchanged,
      await stage.hive(["pulumi", "--", "up", "--yes", "--skip-preview", "--expect-no-changes"]),
    );
    sessions.values.push(sshSessions(stage) - before);
    record(preview, await stage.hive(["pulumi", "--", "preview"]));
    stage.edit("site/services/probe.ts", 'RELEASE: "1"', `RELEASE: "${run + 1}"`);
    relabel(stage, `${run}a`);
    const change = await stage.hive(["preview"]);
    if (!change.stdout.includes("~ service probe: "))
      throw new Error(`The change of probe is not shown:\n${change.stdout}`);
    record(shown, change);
    record(changed, await stage.hive(["up", "--yes"]));
    relabel(stage, `${run}b`);
    record(deployed, await stage.hive(["deploy", "probe", "--yes"]));
    await releaseCrash(stage, hosts);
    await pages();
    // Last of what concerns probe, which has another name from then on.
    renamed.values.push(await gapOfRename(stage, hosts));
    for (let kill = 0; kill < 2; kill++) {
      await killStateful(stage);
      await expectSuccess(stage.hive(["up", "--yes"]));
    }
    docker("kill", `p-hive1.${stage.siteName}`);
    const start = Date.now();
    await expectSuccess(stage.hive(["up", "--yes"]));
    await pages();
    mended.values.push((Date.now() - start) / 1000);
    const state = await stage.hive(["pulumi", "--", "stack", "export"]);
    const { deployment } = JSON.parse(state.stdout) as {
      deployment: { resources: { urn: string; type: string }[] };
    };
    perHost.values.push(
      deployment.resources.filter(
        ({ urn, type }) =>
          !type.startsWith("docker:") && /hive0(-|$)/.test(urn.split("::").at(-1) ?? ""),
      ).length,
    );
  } finally {
    await stage.hive(["destroy", "--yes"]);
    stage.remove();
  }
}

/**
 * Adds a service that holds a port of every server, so that gaps can be seen from outside: the gate
 * is hive's own, and the portal stands behind it.
 */
function addProbe(stage: TestStage): void {
  const folder = "site/images/probe";
  cpSync(join(stage.directory, "site/images/portal"), join(stage.directory, folder), {
    recursive: true,
  });
  stage.write(
    "site/services/probe.ts",
    `import { defineService } from "../../model/service";

export const probe = defineService({
  image: { build: "probe" },
  mode: "global",
  ports: [{ target: 80, published: ${probePort}, protocol: "http", mode: "host" }],
  endpointMode: "dnsrr",
  environment: { RELEASE: "1" },
  stopGracePeriod: "10s",
});
`,
  );
  stage.edit(
    "site/site.ts",
    'from "./services/portal";',
    'from "./services/portal";\nimport { probe } from "./services/probe";',
  );
  stage.edit("site/site.ts", "portal: {} }", "portal: {}, probe: {} }");
  stage.edit("site/site.ts", "ldap, portal }", "ldap, portal, probe }");
}

/**
 * Gives the service probe another name while its pages are asked for.
 *
 * @returns the longest time for which one of the servers did not answer, seconds
 */
async function gapOfRename(stage: TestStage, hosts: readonly string[]): Promise<number> {
  stage.edit("site/site.ts", "portal, probe }", "portal, renamed: probe }");
  return (await gapDuring(hosts, () => expectSuccess(stage.hive(["up", "--yes"])))).seconds;
}

/**
 * Asks all servers for a page while some work goes on; the longest time for which one of them did
 * not answer, seconds.
 */
async function gapDuring<T>(
  hosts: readonly string[],
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly seconds: number }> {
  let end = Number.POSITIVE_INFINITY;
  const probes = hosts.map(async (host) => {
    let [last, longest] = [Date.now(), 0];
    // A server that is silent when the work ends is waited for.
    while (last < end && Date.now() < end + 60_000) {
      if ((await fetchPage(`http://${host}${probePath}`))?.status === 200) {
        longest = Math.max(longest, Date.now() - last);
        last = Date.now();
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return Math.max(longest, Date.now() - last) / 1000;
  });
  const result = await work().finally(() => (end = Date.now()));
  return { result, seconds: Math.max(...(await Promise.all(probes))) };
}

/** Releases a probe that crashes at its start, and mends it. */
async function releaseCrash(stage: TestStage, hosts: readonly string[]): Promise<void> {
  const file = "site/services/probe.ts";
  const before = stage.read(file);
  const lastLine = "probe: the certificate cannot be read";
  const crash = JSON.stringify(["/bin/sh", "-c", `echo "${lastLine}" >&2; exit 1`]);
  stage.edit(file, "defineService({", `defineService({\n  entrypoint: ${crash},`);
  const { result: run, seconds } = await gapDuring(hosts, () =>
    stage.hive(["deploy", "probe", "--yes"]),
  );
  if (run.code !== 1 || !run.stderr.includes(lastLine))
    throw new Error(`A crash was not reported: exit code ${run.code}\n${run.output.slice(-4000)}`);
  crashed.values.push(run.seconds);
  rolledBack.values.push(seconds);
  console.log(`  ${crashed.what}: ${run.seconds.toFixed(1)} s`);
  stage.write(file, before);
  await expectSuccess(stage.hive(["up", "--yes"]));
}

/** Makes probe another image, by a label. */
function relabel(stage: TestStage, run: string): void {
  const file = "site/images/probe/Dockerfile";
  stage.write(file, `${stage.read(file).replace(/\nLABEL run=.*\n$/, "\n")}LABEL run="${run}"\n`);
}

/**
 * Kills the server that runs the directory and waits until a task of it runs, and is healthy, on
 * another one.
 */
async function killStateful(stage: TestStage): Promise<void> {
  const name = (index: number): string => `p-hive${index}.${stage.siteName}`;
  const ask = (index: number, ...command: string[]): string =>
    docker("exec", name(index), "docker", ...command);
  const running = (from: number): string | undefined =>
    ask(
      from,
      ...["service", "ps", "ldap", "--filter", "desired-state=running"],
      ...["--format", "{{.Node}} {{.CurrentState}}"],
    )
      .split("\n")
      .find((line) => line.includes(" Running "))
      ?.split(" ")[0];
  const before = running(0);
  const lost = [0, 1, 2].find((index) => name(index) === before);
  if (lost === undefined) throw new Error(`ldap runs on ${before}, which is no server.`);
  const leads = ask(lost, "node", "inspect", "self", "--format", "{{.ManagerStatus.Leader}}");
  const from = [0, 1, 2].find((index) => index !== lost) ?? 0;
  const start = Date.now();
  docker("kill", name(lost));
  await eventually(120, () => {
    try {
      const now = running(from);
      return now === undefined || now === before ? undefined : now;
    } catch {
      // No answer while a leader is elected.
      return undefined;
    }
  });
  (leads === "true" ? movedLeader : movedOther).values.push((Date.now() - start) / 1000);
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

/** Where the part of the page begins that is written by hand. */
const firstHeading = "## What the time goes into";

function report(runs: number): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
  const show = ({ unit, values }: Figure, pick: (list: readonly number[]) => number): string =>
    values.length === 0 ? "-" : unit === "s" ? pick(values).toFixed(1) : String(pick(values));
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
