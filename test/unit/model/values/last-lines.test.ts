import fc from "fast-check";

import { lastLines } from "../../../../model/values/last-lines";

describe("the last lines of an output", () => {
  test("are its last 20 lines, as they are", () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    expect(lastLines(`${lines.join("\n")}\n`)).toEqual(lines.slice(10));
  });

  test("show that a line was cut", () => {
    expect(lastLines(`short\n${"x".repeat(100_000)}end`)).toEqual([`…${"x".repeat(1997)}end`]);
  });

  test("hold no half of a character", () => {
    expect(lastLines(`${"😀".repeat(1000)}x`)).toEqual([`…${"😀".repeat(999)}x`]);
  });

  test("are bounded, and the end of the output", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 8000, size: "max" }), (output) => {
        const lines = lastLines(output);
        expect(lines.length).toBeLessThanOrEqual(20);
        expect(lines.join("\n").length).toBeLessThanOrEqual(2001);
        expect(output.trimEnd().endsWith(lines.join("\n").replace(/^…/, ""))).toBe(true);
      }),
    );
  });
});
