import { RehearsedSite } from "../e2e/rehearsed-site";
import { expectSuccess, figure, record } from "./figure";

const fresh = figure(
  "staging in rehearsal from nothing, toolchain and images cached",
  "240",
  "150",
);
const unchanged = figure("`up` without change (4 servers, 4 services)", "15", "10");
const shown = figure("`hive preview`", "15", "5");
const replaced = figure("a server replaced: `hive replace`, to its exit", "240", "150");
const retyped = figure(
  "another instance type for three servers, one at a time (`hive up`)",
  "-",
  "-",
);

/** What is measured on a staging stage in its rehearsal. */
export const rehearsalFigures = [fresh, unchanged, shown, replaced, retyped];

/** Builds the stage, measures, and leaves nothing. */
export async function measureRehearsal(): Promise<void> {
  const site = new RehearsedSite("benchaws", "10.17.112.0/24");
  const { stage } = site;
  try {
    record(fresh, await stage.hive(["up", "--yes"], { deadlineSeconds: 900 }));
    record(unchanged, await stage.hive(["up", "--yes"]));
    record(shown, await stage.hive(["preview"]));
    record(replaced, await stage.hive(["replace", "hive1", "--yes"], { deadlineSeconds: 900 }));
    stage.configure({
      aws: {
        instanceTypes: { cluster: "t3.large", repository: "t3.small" },
        rootDisks: { cluster: "20GiB", repository: "40GiB" },
      },
    });
    record(retyped, await stage.hive(["up", "--yes"], { deadlineSeconds: 900 }));
  } finally {
    await stage.hive(["destroy", "--yes"], { deadlineSeconds: 600 });
    await expectSuccess(stage.rehearsal("--clean"));
    stage.remove();
  }
}
