import { outputRecorder, shownStreams } from "../../../toolchain/plugins/command/output-recorder";

const record = (
  logging: string | undefined,
  chunks: Array<["stdout" | "stderr", Buffer | string]>,
) => {
  const lines: string[] = [];
  const recorder = outputRecorder(shownStreams(logging), (line) => lines.push(line));
  chunks.forEach(([name, chunk]) => recorder.write(name, Buffer.from(chunk)));
  recorder.end();
  return { lines, output: recorder.output(), quotable: recorder.quotable() };
};

test.each<[string | undefined, string[]]>([
  [undefined, ["out", "err"]],
  ["stdoutAndStderr", ["out", "err"]],
  ["stdout", ["out"]],
  ["stderr", ["err"]],
  ["none", []],
])("logging %s shows %j, and both are kept", (logging, expected) => {
  const { lines, output, quotable } = record(logging, [
    ["stdout", "out\n"],
    ["stderr", "err\n"],
  ]);
  expect(lines).toEqual(expected);
  expect(quotable).toBe(expected.map((line) => `${line}\n`).join(""));
  expect(output).toEqual({ stdout: "out", stderr: "err" });
});

test("lines are told as they are complete, also across chunks and characters", () => {
  const euro = Buffer.from("1 €\n");
  const { lines, output } = record(undefined, [
    ["stdout", "fir"],
    ["stderr", "other\n"],
    ["stdout", "st\nsecond\r\n"],
    ["stdout", euro.subarray(0, 3)],
    ["stdout", euro.subarray(3)],
    ["stdout", "last"],
  ]);
  expect(lines).toEqual(["other", "first", "second", "1 €", "last"]);
  expect(output.stdout).toBe("first\nsecond\r\n1 €\nlast");
});

test("exactly one newline is taken from the end", () => {
  expect(record(undefined, [["stdout", "a\n\n"]]).output.stdout).toBe("a\n");
});
