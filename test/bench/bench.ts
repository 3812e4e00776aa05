/**
 * Measures the numbers that the project promises, on a private stage of its own and on a staging
 * stage in its rehearsal, and writes them to docs/benchmarks.md.
 *
 * `npm run bench [-- --runs 3 --stage private|rehearsal]`: medians of so many runs; about five
 * minutes a run for each of the two stages.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { statusPath } from "../e2e/stage-under-test";
import { docker, eventually, fetchPage, TestStage } from "../e2e/test-stage";
import { expectSuccess, figure, record, tableOf } from "./figure";
import { measureRehearsal, rehearsalFigures } from "./rehearsal";

/** The port of the service of {@link addProbe}, and a page of it. */
const probePort = 8080;
const probePath = `:${probePort}/healthz`;

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

/** A stage that is measured. */
type Part = "private" | "rehearsal";

/** The value of an option of the command line. */
function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? "");
}

async function main(): Promise<void> {
  const runs = Number(option("--runs", "3"));
  if (!Number.isInteger(runs) || runs < 1 || runs > 20)
    throw new Error("--runs takes a number from 1 to 20.");
  const only = option("--stage", "both");
  if (!["both", "private", "rehearsal"].includes(only))
    throw new Error("--stage takes private or rehearsal. Default: both.");
  const tables: Partial<Record<Part, string>> = {};
  for (let run = 1; run <= runs; run++) {
    console.log(`run ${run} of ${runs}`);
    if (only !== "rehearsal") await measure(run);
    if (only !== "private") await measureRehearsal();
  }
  if (only !== "rehearsal")
    tables.private = `${headings.private}
${circumstances(runs)}
Whole commands, from start to exit; the private stage with its own names and network.

${tableOf(figures)}`;
  if (only !== "private")
    tables.rehearsal = `${headings.rehearsal}
${circumstances(runs)}
Whole commands, from start to exit. The cloud is an emulated one: AWS itself takes longer to start
an instance.

${tableOf(rehearsalFigures)}`;
  const page = join(__dirname, "..", "..", "docs", "benchmarks.md");
  writeFileSync(page, pageWith(readFileSync(page, "utf8"), tables));
  for (const table of Object.values(tables)) console.log(table);
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

/** How the sections of the page begin; what people wrote about the figures comes after them. */
const headings = {
  private: "# Benchmarks\n",
  rehearsal: "## The staging stage in its rehearsal\n",
  written: "## What the time goes into\n",
} as const;

/** The page with new tables of what was measured. */
function pageWith(page: string, tables: Readonly<Partial<Record<Part, string>>>): string {
  const [second, third] = [page.indexOf(headings.rehearsal), page.indexOf(headings.written)];
  const sections = {
    private: tables.private ?? page.slice(0, second),
    rehearsal: tables.rehearsal ?? page.slice(second, third),
  };
  return `${sections.private.trim()}\n\n${sections.rehearsal.trim()}\n\n${page.slice(third)}`;
}

/** When and where it was measured. */
function circumstances(runs: number): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
  const times = runs === 1 ? "one run" : `medians of ${runs} runs`;
  return `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${times} on ${machine}.`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
