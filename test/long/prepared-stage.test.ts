/** Servers that exist already, struck and lost, as in `struck-stage.test.ts`. */
import { deadHost } from "../e2e/chapters/dead-host";
import { killedServer } from "../e2e/chapters/lost-server";
import { refusedRuns } from "../e2e/chapters/refusals";
import { sharesTheComputer } from "../e2e/computer";
import { PreparedSite } from "../e2e/prepared-site";

jest.setTimeout(25 * 60_000);

const site = new PreparedSite("longplain", "172.29.71.0/24");

sharesTheComputer();

afterAll(() => site.remove());

it("comes up", async () => {
  await site.prepare();
  await site.up();
  await site.pages(site.namesItsHost);
});

deadHost(site);
killedServer(site);
refusedRuns(site);
