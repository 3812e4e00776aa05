/**
 * The production stage in its rehearsal, with its own settings: it comes up, refuses what would
 * cost it a server or its data, has a server replaced on purpose, and is taken down only after
 * somebody wrote that it may be.
 */
import { parse } from "yaml";
import { sharesTheComputer } from "../e2e/computer";
import { RehearsedSite } from "../e2e/rehearsed-site";

jest.setTimeout(20 * 60_000);

const site = new RehearsedSite("longprod", "10.18.96.0/24", "production");
const { stage } = site;

sharesTheComputer();

afterAll(async () => {
  const run = await stage.rehearsal("--clean");
  stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

it("comes up, and a second run changes nothing", async () => {
  const output = await site.up();
  expect(output).toContain("This is a rehearsal with an emulated cloud: AWS is not asked");
  await site.learnAddresses();
  await site.pages(site.namesItsHost);
  expect(await site.changesOf("up", "--yes", "--skip-preview")).toBe("");
  expect(await site.changesOf("refresh", "--yes", "--skip-preview")).toBe("");
});

it("keeps every rule of the policy pack", async () => {
  const run = await stage.hive(["pulumi", "--", "preview", "--policy-pack", "policy/run"]);
  expect(run.output).toMatch(/Policies:[^]*hive@/);
  expect(run.output).not.toMatch(/\[(mandatory|advisory)\]|can't run policy/);
  expect(run.code).toBe(0);
});

it("refuses to be destroyed, before anything is touched", async () => {
  const tagged = site.tagged();
  const run = await stage.hive(["destroy", "--yes"]);
  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(/protect/);
  expect(site.tagged()).toEqual(tagged);
  await site.pages(site.namesItsHost);
});

it("has a server replaced on purpose, with its address and disks", async () => {
  const before = { ...site.instance(1), disks: site.volumesOf(1) };
  const run = await stage.hive(["replace", "hive1", "--yes"], { deadlineSeconds: 720 });
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  const after = { ...site.instance(1), disks: site.volumesOf(1) };
  expect(after.InstanceId).not.toBe(before.InstanceId);
  expect([after.PublicIpAddress, after.disks]).toEqual([before.PublicIpAddress, before.disks]);
  await site.pages(site.namesItsHost);
});

it("is destroyed when its file says that it may be, and nothing is left in the account", async () => {
  const { config } = parse(stage.read(stage.file)) as { config: Record<string, object> };
  stage.configure({ aws: { ...config["hive:aws"], protect: false } });
  await site.up();
  const run = await stage.hive(["destroy", "--yes"], { deadlineSeconds: 600 });
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  expect(site.tagged()).toEqual([]);
});
