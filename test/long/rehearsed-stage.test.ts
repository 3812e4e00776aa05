/**
 * What a stage on AWS goes through in its life, in its rehearsal: it grows and shrinks, loses each
 * zone, has all its servers replaced, is interrupted and killed at random moments, and is throttled
 * by the API. While two of three cluster servers are there, two status pages answer.
 *
 * `HIVE_LONG_SEED` repeats the random moments. What a run did is printed, as a line for
 * docs/proofs.md.
 */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { setFaults } from "../../rehearsal/folder";
import { awsChange } from "../e2e/chapters/aws-change";
import { awsRefresh } from "../e2e/chapters/aws-drift";
import { awsReplacement } from "../e2e/chapters/aws-replacement";
import { RehearsedSite } from "../e2e/rehearsed-site";

const seed = Number(process.env["HIVE_LONG_SEED"] ?? String(Date.now() % 1_000_000));
const interruptions = 4;

jest.setTimeout(30 * 60_000);

const site = new RehearsedSite("longaws", "10.17.96.0/24");
const { stage } = site;
const done: string[] = [];

afterAll(() => {
  const { stdout } = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" });
  console.log(
    `| ${new Date().toISOString().slice(0, 10)} | ${stdout.trim()} | \`rehearsed-stage\`, seed ${seed} | ${done.join("; ")} |`,
  );
});

afterAll(async () => {
  const run = await stage.rehearsal("--clean");
  stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

/** Runs `work` while pages are asked for. @returns the most that were away at one moment */
async function mostAway(what: string, work: () => Promise<unknown>): Promise<number> {
  const started = Date.now();
  const watch = site.watchPages();
  try {
    await work();
  } finally {
    const { mostAway: most } = await watch.end();
    done.push(`${what} ${Math.round((Date.now() - started) / 1000)} s, ${most} away at most`);
  }
  return (await watch.end()).mostAway;
}

/** How many things of each kind the site has in the account. */
function counts(): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const id of site.tagged()) {
    const kind = id.split("-")[0] ?? id;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

let whole: Readonly<Record<string, number>> = {};

const firstCalls = ["ec2:CreateVpc", "ec2:AllocateAddress", "ec2:CreateVolume", "ec2:RunInstances"];

it.each(firstCalls)("is killed at its first %s", async (call) => {
  const [delay = 0] = fc.sample(fc.integer({ min: 0, max: 400 }), { seed, numRuns: 1 });
  await site.killAt(call, delay);
  done.push(`killed ${delay} ms after ${call}`);
});

it("comes up, without what killed runs have made and not noted", async () => {
  expect(await site.up()).toMatch(/^Removed i-\S+ \(fleet-hive\d\), which an interrupted run/m);
  expect(await site.unrecorded()).toEqual([]);
  await site.learnAddresses();
  await site.pages(site.namesItsHost);
  whole = counts();
  // Those of a run that nobody killed; system disks and those of one volume.
  const network = { vpc: 1, igw: 1, subnet: 3, rtb: 1, sg: 2, eipalloc: 4 };
  expect(whole).toEqual({ ...network, i: 4, vol: 4 + 3 });
});

awsRefresh(site);
awsChange(site);
awsReplacement(site);

it("grows to five cluster servers and shrinks to three, while pages are asked for", async () => {
  stage.configure({ clusterHosts: 5 });
  const refused = await stage.hive(["up", "--yes"]);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("it may have 5 Elastic IPs, has 4, and this run adds 2");
  const [, quota = ""] = /npx hive rehearse staging (--raise-quota \S+)/.exec(refused.output) ?? [];
  const raised = await stage.rehearsal(...quota.split(" "));
  expect([raised.code, raised.code === 0 ? "" : raised.output]).toEqual([0, ""]);
  expect(await mostAway("3 → 5", () => site.up())).toBe(0);
  expect(counts()["i"]).toBe((whole["i"] ?? 0) + 2);
  stage.configure({ clusterHosts: 3 });
  expect(await mostAway("5 → 3", () => site.up())).toBe(0);
  expect(counts()).toEqual(whole);
  expect(await site.changesOf("preview")).toBe("");
});

it.each([0, 1, 2])("loses the zone of hive%d and gets it back", async (index) => {
  const most = await mostAway(`zone ${index}`, async () => {
    // The repository server is in the first zone.
    for (const server of index === 0 ? [0, 3] : [index]) site.kill(server);
    const status = await stage.hive(["status"]);
    expect(status.output).toContain(site.host(index));
    await site.up();
    await site.pages(site.namesItsHost);
  });
  expect(most).toBe(1);
  expect(counts()).toEqual(whole);
});

it("has all three cluster servers replaced in one run, one after the other", async () => {
  const ids = [0, 1, 2].map((index) => site.instance(index).InstanceId);
  const { stdout } = await stage.hive(["pulumi", "--", "stack", "export"]);
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: { urn: string }[] } };
  const urns = deployment.resources
    .map(({ urn }) => urn)
    .filter((urn) => /aws:ec2\/instance:Instance::fleet-hive[012]$/.test(urn));
  const words = ["pulumi", "--", "up", "--yes", "--skip-preview"];
  const most = await mostAway("three replaced", async () => {
    const run = await stage.hive([...words, ...urns.flatMap((urn) => ["--replace", urn])], {
      deadlineSeconds: 1200,
    });
    expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  });
  expect(most).toBe(1);
  const after = [0, 1, 2].map((index) => site.instance(index).InstanceId);
  expect(after.filter((id) => ids.includes(id))).toEqual([]);
  await site.pages(site.namesItsHost);
  expect(counts()).toEqual(whole);
  expect(await site.changesOf("preview")).toBe("");
});

const moments = fc.sample(fc.integer({ min: 8, max: 60 }), { seed, numRuns: interruptions });

const signals = ["SIGINT", "SIGINT", "SIGKILL", "SIGKILL"] as const;

it.each(
  moments.map((second, index) => ({
    second,
    larger: index % 2 === 0,
    signal: signals[index % signals.length],
  })),
)(
  "$signal after $second s (larger: $larger): the next run leaves nothing behind",
  async ({ second, larger, signal }) => {
    stage.configure({ clusterHosts: larger ? 5 : 3 });
    const child = stage.start(["up", "--yes"]);
    const ended = new Promise((resolve) => child.once("close", resolve));
    const end = (): void =>
      void (signal === "SIGKILL" ? site.killRun(child.pid) : child.kill(signal));
    const timer = setTimeout(end, second * 1000);
    await ended;
    clearTimeout(timer);
    await site.up();
    done.push(`${signal} after ${second} s`);
    expect(await site.unrecorded()).toEqual([]);
    expect(counts()["i"]).toBe((whole["i"] ?? 0) + (larger ? 2 : 0));
    expect(await site.changesOf("preview")).toBe("");
    if (!larger) expect(counts()).toEqual(whole);
  },
);

it("gets through a time in which AWS throttles every call", async () => {
  const { InstanceId: id } = site.instance(1);
  site.ec2("stop_instances", { InstanceIds: [id] });
  setFaults(site.cloud, {
    "ec2:*": {
      code: "RequestLimitExceeded",
      message: "Request limit exceeded.",
      status: 503,
      times: 25,
    },
  });
  try {
    await site.up();
  } finally {
    setFaults(site.cloud, {});
  }
  expect(site.instance(1)).toMatchObject({ InstanceId: id, State: { Name: "running" } });
  expect(counts()).toEqual(whole);
  done.push("throttled");
});

it.each([
  // Until volumes are replicated, what has one is away with its server.
  ["zone-loss", 1, /ldap-data/],
  ["rolling-replace", 1, /ldap-data/],
  ["api-throttled", 0, /report/],
])("goes through the scenario %s", async (name, code, report) => {
  const run = await stage.scenario(name);
  expect([run.code, run.code === code ? "" : run.output]).toEqual([code, ""]);
  expect(run.output).toMatch(report);
  await site.pages(site.namesItsHost);
  expect(counts()).toEqual(whole);
  done.push(`scenario ${name}`);
});

it("is destroyed, and nothing of it is left in the account", async () => {
  const run = await stage.hive(["destroy", "--yes"], { deadlineSeconds: 600 });
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  expect(site.tagged()).toEqual([]);
});
