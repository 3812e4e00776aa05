import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const read = (path: string): string => readFileSync(join(__dirname, "../../..", path), "utf8");

test.each(["zone-loss", "rolling-replace"])(
  "that %s ends with 1 until volumes are replicated is said where it is chosen and run",
  (name) => {
    const { description, expect: expected } = parse(read(`rehearsal/scenarios/${name}.yaml`)) as {
      readonly description: string;
      readonly expect: { readonly lost: readonly string[] };
    };
    expect(expected.lost).toEqual([]);
    expect(description).toMatch(
      /While volumes are not replicated, it names what was lost and ends with 1\./,
    );
    const [sentence = ""] =
      /While volumes are not replicated, .* name what was lost and end with 1\./.exec(
        read("cli/command-line/rehearse.ts"),
      ) ?? [];
    expect(sentence).toContain(name);
  },
);
