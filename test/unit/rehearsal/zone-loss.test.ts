import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const read = (path: string): string => readFileSync(join(__dirname, "../../..", path), "utf8");

test("that zone-loss ends with 1 until volumes are replicated is said where it is chosen and run", () => {
  const { description, expect: expected } = parse(read("rehearsal/scenarios/zone-loss.yaml")) as {
    readonly description: string;
    readonly expect: { readonly lost: readonly string[] };
  };
  expect(expected.lost).toEqual([]);
  const sentence = /While volumes are not replicated, .* names what was lost and ends with 1\./;
  expect(description).toMatch(sentence);
  expect(read("cli/command-line/rehearse.ts")).toMatch(sentence);
});
