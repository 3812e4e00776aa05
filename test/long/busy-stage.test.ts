/**
 * What a private stage goes through in longer use than `test/e2e/private-stage` has time for:
 * runs that are interrupted, people who log in while servers are lost, services that are damaged,
 * renamed, broken and many, and sites that others run.
 */
import { destroy } from "../e2e/chapters/destroy";
import { fromNothing } from "../e2e/chapters/from-nothing";
import { loginsUnderLoss } from "../e2e/chapters/logins-under-loss";
import { realSites } from "../e2e/chapters/real-sites";
import { serviceChanges } from "../e2e/chapters/service-changes";
import { serviceModel } from "../e2e/chapters/service-model";
import { serviceRemoval } from "../e2e/chapters/service-removal";
import { sharesTheComputer } from "../e2e/computer";
import { StageUnderTest } from "../e2e/stage-under-test";

jest.setTimeout(15 * 60_000);

const site = new StageUnderTest("busy", "172.29.88.0/24");

sharesTheComputer();

afterAll(async () => {
  const run = await site.stage.hive(["destroy", "--yes"]);
  site.stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

fromNothing(site, [1.5, 4, 7, 12, 20]);
loginsUnderLoss(site);
serviceModel(site);
serviceChanges(site);
serviceRemoval(site);
realSites(site);
destroy(site);
