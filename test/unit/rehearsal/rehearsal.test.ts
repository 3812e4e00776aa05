import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSettings } from "../../../rehearsal/folder";
import {
  cleanRehearsal,
  rehearsalStatus,
  startRehearsal,
  stopRehearsal,
} from "../../../rehearsal/rehearsal";

const folder = mkdtempSync(join(tmpdir(), "hive-rehearsal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a folder is one rehearsal's: what another one made would be lost", async () => {
  const images = { instance: "-", router: "-" };
  const settings = { region: "-", port: 1, publicRange: "198.51.100.0/24", images };
  writeSettings(folder, { id: "first", ...settings });
  for (const act of [startRehearsal, stopRehearsal, cleanRehearsal]) {
    await expect(act({ id: "second", folder })).rejects.toThrow(
      `belongs to the rehearsal "first". Give "second" another folder`,
    );
  }
});

test("the state of one that was never started is that nothing runs", () => {
  const nothing = { endpoint: undefined, isFollowed: false, running: [], problems: [] };
  expect(rehearsalStatus({ id: "never", folder: join(folder, "never") })).toEqual(nothing);
});
