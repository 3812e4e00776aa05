import { firstService } from "../e2e/chapters/first-service";
import { sharesTheComputer } from "../e2e/computer";
import { docker, eventually, fetchPage, type Finished, TestStage } from "../e2e/test-stage";

/**
 * A stage that an earlier release of hive made, taken over by this one. The commit is the last one
 * before fleets got a room of their own; a later release takes its place here.
 */
const earlier = "bc478864a21f640bc365c570a12f54139ad4a137";

jest.setTimeout(15 * 60_000);

const stage = new TestStage("upgrade", { cidr: "172.29.72.0/24" }, earlier);
const hive = async (...args: string[]): Promise<Finished> => {
  const run = await stage.hive(args, { deadlineSeconds: 600 });
  if (run.code !== 0) throw new Error(`hive ${args.join(" ")}: ${run.code}\n${run.output}`);
  return run;
};
const servers = (): string =>
  docker(
    "ps",
    "--all",
    "--no-trunc",
    "--format",
    "{{.ID}}",
    "--filter",
    `label=hive.site=${stage.siteName}`,
  );
/** A mark in the data of the directory server, on the volume that all servers share. */
const mark =
  "$(find /var/lib/hive-shared -maxdepth 3 -type d -name ldap-data | head -n 1)/upgraded";
const onServer = (script: string): string =>
  docker("exec", `p-hive0.${stage.siteName}`, "bash", "-ec", script);

sharesTheComputer();

afterAll(async () => {
  const run = await stage.hive(["destroy", "--yes"]);
  stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

test("a stage of an earlier release is previewed, refreshed, and updated by this one, and goes on with its data", async () => {
  const plugin = stage.installPackages();
  await hive("up", "--yes");
  // What that release did by the command plugin is done without it now, on a computer that has it
  // no more.
  plugin.remove();
  onServer(`touch ${mark}`);
  const before = servers();
  stage.upgrade();
  const preview = await hive("pulumi", "--", "preview");
  // The image of servers is another one: they are replaced one at a time, and what they keep stays.
  expect(preview.output).not.toMatch(/docker:index\/(network|volume).*(replace|delete)/i);
  await hive("pulumi", "--", "refresh", "--yes", "--skip-preview");
  await hive("up", "--yes");
  expect(servers()).not.toBe(before);
  const state = await hive("pulumi", "--", "stack", "export");
  expect(state.output).not.toContain("/ssh/id_ed25519");
  expect(state.output).not.toContain("command:remote:Command");
  onServer(`test -e ${mark}`);
  await hive("pulumi", "--", "preview", "--expect-no-changes");
  await eventually(30, async () =>
    (await fetchPage("http://172.29.72.4/status/"))?.status === 200 ? true : undefined,
  );
  expect((await stage.hive(["status"])).code).toBe(0);
});

// The stage is a current one now, and has nothing else to do.
firstService(stage, "172.29.72");

test("destroy leaves nothing of it", async () => {
  await hive("destroy", "--yes");
  expect(servers()).toBe("");
});
