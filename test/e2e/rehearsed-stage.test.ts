/**
 * The staging stage in its rehearsal: the unchanged program and the real AWS provider against an
 * emulated AWS, whose instances are containers. It passes the chapters of the private stage that do
 * not depend on how servers are made.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seenCalls } from "../../rehearsal/folder";
import { missingFrom, type Policy } from "../../rehearsal/least-policy";
import { awsDrift } from "./chapters/aws-drift";
import { awsProtection } from "./chapters/aws-protection";
import { awsUserData } from "./chapters/aws-user-data";
import { deployWorkflow } from "./chapters/deploy-workflow";
import { runningSite } from "./chapters/running-site";
import { secondRun } from "./chapters/second-run";
import { secrets } from "./chapters/secrets";
import { sharesTheComputer } from "./computer";
import { RehearsedSite } from "./rehearsed-site";
import { docker } from "./test-stage";

jest.setTimeout(20 * 60_000);

const site = new RehearsedSite("rehearsed", "10.17.64.0/24");
const { stage } = site;

sharesTheComputer();

afterAll(async () => {
  const run = await stage.rehearsal("--clean");
  stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

it("comes up from nothing with the worked example, and says what a rehearsal is and what it cannot show", async () => {
  const before = stage.read("Pulumi.staging.yaml");
  const output = await site.up();
  expect(output).toContain("This is a rehearsal with an emulated cloud: AWS is not asked");
  expect(output).toContain("The volume ldap-data needs replication");
  expect(stage.read("Pulumi.staging.yaml")).toBe(before);
  await site.learnAddresses();
  const status = await stage.hive(["status"]);
  expect([status.code, status.output]).toEqual([0, expect.stringContaining("All is well.")]);
});

runningSite(site);
secondRun(site);
awsUserData(site);
deployWorkflow(() => site.deployed);
awsDrift(site);
awsProtection(site);
secrets(site);

const publishedPolicy = (): Policy =>
  JSON.parse(readFileSync(join(__dirname, "../../docs/aws-policy.json"), "utf8")) as Policy;

it("destroy leaves nothing in the account, and the clean-up nothing on the computer", async () => {
  expect(site.tagged()).toContainEqual(expect.stringMatching(/^vpc-/));
  const run = await stage.hive(["destroy", "--yes"]);
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  expect(site.tagged()).toEqual([]);
  // The policy that the docs hand out allows every call of this stage's life.
  const calls = seenCalls(site.cloud);
  expect(calls).toContain("ec2:RunInstances");
  expect(missingFrom(publishedPolicy(), calls)).toEqual([]);
  const { label } = site;
  const clean = await stage.rehearsal("--clean");
  expect([clean.code, clean.code === 0 ? "" : clean.output]).toEqual([0, ""]);
  for (const kind of [
    ["ps", "--all"],
    ["network", "ls"],
    ["volume", "ls"],
  ])
    expect(docker(...kind, "--quiet", "--filter", `label=${label}`)).toBe("");
});
