import { join } from "node:path";
import { type DeployedStage, deployWorkflow } from "./chapters/deploy-workflow";
import { StageUnderTest } from "./stage-under-test";

jest.setTimeout(15 * 60_000);
const site = new StageUnderTest("depl", "172.29.83.0/24");
afterAll(async () => {
  const run = await site.stage.hive(["destroy", "--yes"]);
  site.stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});
it("comes up", async () => {
  await site.up();
});
deployWorkflow(() => ({
  stage: "private" as unknown as DeployedStage["stage"],
  folder: site.stage.directory,
  env: { ...process.env, HIVE_SSH_KEY: join(site.stage.directory, ".hive/private/ssh/id_ed25519") },
}));
