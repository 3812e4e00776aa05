/**
 * What becomes of the private stage when servers are struck while it is changed, stay away, come
 * and go. One stage serves all chapters, in order, as in `private-stage.test.ts`.
 */
import { deadHost } from "../e2e/chapters/dead-host";
import { destroy } from "../e2e/chapters/destroy";
import { faults } from "../e2e/chapters/faults";
import { grownCluster } from "../e2e/chapters/grown-cluster";
import { killedServer, removedServer, replacedServer } from "../e2e/chapters/lost-server";
import { sharesTheComputer } from "../e2e/computer";
import { wholeSite } from "../e2e/chapters/whole-site";
import { StageUnderTest } from "../e2e/stage-under-test";

jest.setTimeout(15 * 60_000);

const site = new StageUnderTest("struck", "172.29.80.0/24");

sharesTheComputer();

afterAll(async () => {
  const run = await site.stage.hive(["destroy", "--yes"]);
  site.stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

it("comes up", async () => {
  await site.up();
  await site.pages(site.namesItsHost);
});

wholeSite(site);
faults(site);
grownCluster(site);
deadHost(site);
killedServer(site);
removedServer(site);
replacedServer(site);
destroy(site);
