import fc from "fast-check";

import { anyFate, anySite, runChange } from "./hand-over-runs";

/** How many changes of sites are tried; `HIVE_LONG=20000` for a long series. */
const runs = Number(process.env["HIVE_LONG"] ?? 300);

jest.setTimeout(Math.max(60_000, runs * 50));

test("whatever changes together: one writer of each volume at any time, and every run ends with what is wanted", () => {
  fc.assert(fc.property(anySite, anySite, anyFate, runChange), { numRuns: runs });
});
