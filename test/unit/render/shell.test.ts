import { spawnSync } from "node:child_process";
import fc from "fast-check";
import {
  asRoot,
  commandLine,
  longestCommand,
  printContent,
  quote,
  quoteForUnit,
} from "../../../render/shell";

/**
 * Any text without NUL and without half of a surrogate pair, with what shells treat specially in
 * abundance.
 */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }).filter((text) => !text.includes("\0")),
  fc
    .array(
      fc.constantFrom(
        "'",
        '"',
        "\\",
        "$",
        "`",
        "!",
        "\n",
        " ",
        "*",
        "~",
        "#",
        "-",
        "%s",
        "a",
        "ü",
        "$(x)",
      ),
    )
    .map((parts) => parts.join("")),
);

function sh(script: string): Buffer {
  const { stdout, status, stderr } = spawnSync("sh", ["-c", script]);
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

describe("quoting for a shell", () => {
  test("yields the same bytes, whatever is in the text", () => {
    // A hundred texts per shell: starting one is what takes time.
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 100 }), (texts) => {
        const words = texts.map((text) => quote(text)).join(" ");
        expect(sh(`printf '%s\\0' ${words}`).toString()).toBe(`${texts.join("\0")}\0`);
      }),
      { numRuns: 40 },
    );
  });

  test("keeps the words of a command apart", () => {
    expect(sh(commandLine("printf", "%s|", "", "two words", "-n", "$HOME")).toString()).toBe(
      "|two words|-n|$HOME|",
    );
  });

  test("refuses NUL, which would cut the text off without a word", () => {
    expect(() => quote("a\0b")).toThrow("A NUL character cannot be passed to a shell.");
  });

  test("prints content exactly, also without a newline at its end", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(sh(printContent(text)).toString()).toBe(text);
      }),
      { numRuns: 40 },
    );
  });
});

describe("quoting for a systemd unit", () => {
  test.each([
    ["/usr/bin/docker", "/usr/bin/docker"],
    ["", '""'],
    ["two words", '"two words"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["back\\slash", '"back\\\\slash"'],
    ["100%", "100%%"],
    ["$HOME", '"$$HOME"'],
  ])("%j becomes %s", (text, quoted) => {
    expect(quoteForUnit(text)).toBe(quoted);
  });

  test("refuses a line end, which would begin another setting", () => {
    expect(() => quoteForUnit("x\nExecStart=/bin/evil")).toThrow("control character");
  });
});

describe("a script as root", () => {
  /** Runs the command with a `sudo` that only shows and runs what it is given. */
  function run(command: string, input: string): { out: string; sudoArguments: string } {
    const sudo = `sudo() { printf '%s ' "$@" >&2; [ "$1" = -n ] && shift; "$@"; }\n`;
    const { stdout, stderr, status } = spawnSync("bash", ["-c", sudo + command], {
      input,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    return { out: stdout, sudoArguments: stderr };
  }
  const step = { title: "test", timeoutSeconds: 5 };

  test("reads the command's input after the script, byte for byte", () => {
    const script = 'echo begin\nIFS= read -r first\necho "first: $first"\ncat';
    const { out } = run(asRoot({ ...step, script, readsInput: true }), "one\ntwo\nthree");
    expect(out).toBe("begin\nfirst: one\ntwo\nthree");
  });

  test("has an empty input where it wants none, even if some is there", () => {
    const { out } = run(
      asRoot({ ...step, script: "cat; echo done", readsInput: false }),
      "not for the script",
    );
    expect(out).toBe("done\n");
  });

  test("does not go through sudo's arguments, which end up in the journal", () => {
    const { sudoArguments } = run(
      asRoot({ ...step, script: "echo a-word-of-the-script", readsInput: false }),
      "",
    );
    expect(sudoArguments).toContain("hive: test");
    expect(sudoArguments).not.toContain("a-word-of-the-script");
  });

  test("is ended at its deadline", () => {
    const command = asRoot({
      title: "slow",
      script: "sleep 30",
      readsInput: false,
      timeoutSeconds: 1,
    });
    const started = Date.now();
    const { status } = spawnSync("bash", ["-c", `sudo() { shift; "$@"; }\n${command}`]);
    expect(status).toBe(124);
    expect(Date.now() - started).toBeLessThan(4000);
  });

  test("is refused when it is longer than a command may be, with its name and size", () => {
    const script = "x".repeat(longestCommand);
    expect(() => asRoot({ ...step, script, readsInput: false })).toThrow(
      /The step test is 600\d{3} bytes long, more than the 600000/,
    );
  });
});
