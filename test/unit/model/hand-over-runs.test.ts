import fc from "fast-check";

import { anyFate, anySite, runChange, type WantedService } from "./hand-over-runs";

/** How many changes of sites are tried; `HIVE_LONG=20000` for a long series. */
const runs = Number(process.env["HIVE_LONG"] ?? 200);

jest.setTimeout(Math.max(120_000, runs * 100));

test("whatever changes together: one writer of each volume at any time, and every run ends with what is wanted", () => {
  fc.assert(fc.property(anySite, anySite, anyFate, runChange), { numRuns: runs });
});

test("a bad release that gave its volume to another service, and is rolled back, does not write to it again", () => {
  const having = (...volumes: string[]): WantedService => ({
    volumes,
    ingress: [],
    host: [],
    mode: "replicated",
  });
  const before = new Map([["a", having("v1")]]);
  const after = new Map([
    ["a", having()],
    ["b", having("v1")],
  ]);
  fc.assert(
    fc.property(anyFate, (fate) => runChange(before, after, { ...fate, failing: ["a"] })),
    { numRuns: runs },
  );
});
