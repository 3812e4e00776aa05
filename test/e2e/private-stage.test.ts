/**
 * The private stage as a user runs it, on the real engine and real daemons. One stage serves all
 * chapters, in order: each finds it as the one before left it, and the last one takes it down. The
 * long level has stages of its own for what takes longer: `struck-stage`, `busy-stage`.
 */
import { access } from "./chapters/access";
import { audit } from "./chapters/audit";
import { changedImage } from "./chapters/changed-image";
import { consumer } from "./chapters/consumer";
import { destroy } from "./chapters/destroy";
import { drift } from "./chapters/drift";
import { examples } from "./chapters/examples";
import { fromNothing } from "./chapters/from-nothing";
import { operators } from "./chapters/operators";
import { previewDiff } from "./chapters/preview-diff";
import { refusedConfigurations, refusedRuns } from "./chapters/refusals";
import { runningSite } from "./chapters/running-site";
import { secondRun } from "./chapters/second-run";
import { secrets } from "./chapters/secrets";
import { serviceModel } from "./chapters/service-model";
import { serviceRemoval } from "./chapters/service-removal";
import { workedExample } from "./chapters/worked-example";
import { sharesTheComputer } from "./computer";
import { StageUnderTest } from "./stage-under-test";

jest.setTimeout(15 * 60_000);

const site = new StageUnderTest("e2e", "172.29.64.0/24");

sharesTheComputer();

afterAll(async () => {
  const run = await site.stage.hive(["destroy", "--yes"]);
  site.stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

fromNothing(site, [7]);
runningSite(site);
secondRun(site);
audit(site);
consumer(site);
previewDiff(site);
access(site);
drift(site);
changedImage(site);
operators(site);
workedExample(site);
examples(site);
serviceModel(site);
serviceRemoval(site);
refusedConfigurations(site);
refusedRuns(site);
secrets(site);
destroy(site);
