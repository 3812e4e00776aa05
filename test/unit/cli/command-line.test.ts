import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodes } from "../../../cli/exit-codes";
import { Failure, reportFailure } from "../../../cli/failure";
import { commandLine } from "../../../cli/command-line/program";
import { helpColumns } from "../../../cli/command-line/wrapped";
import { completionScript } from "../../../cli/commands/completion";
import { isYes } from "../../../cli/confirm";
import { runFailure } from "../../../cli/pulumi/session";
import { terminalMode } from "../../../cli/terminal";
import { versionText } from "../../../cli/version";
import { InventoryError } from "../../../model/problem/problems";

const root = join(__dirname, "..", "..", "..");
const hive = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, "cli", "bin.js"), ...args], {
    cwd: join(root, "docs"),
    encoding: "utf8",
  });
const program = commandLine(async (code) => void (await code));

test("help lists every command with an example, from any folder", () => {
  const { stdout, status } = hive("--help");
  expect(status).toBe(0);
  for (const { name, summary } of program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
  }))) {
    expect(stdout).toContain(`${name} `);
    expect(stdout.replace(/\s+/g, " ")).toContain(summary);
  }
  expect(stdout).toContain("npx hive ssh hive0 --");
});

test.each(program.commands.map((command) => [command.name(), command]))(
  "help of %s shows an example",
  (_name, command) => {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toMatch(/Examples:\n {2}(npx|npm|eval)/);
  },
);

test.each([60, 80, 120])("help is wrapped once, at a width of %d columns", (columns) => {
  for (const command of [program, ...program.commands]) {
    let help = "";
    command.configureOutput({
      writeOut: (text) => (help += text),
      getOutHelpWidth: () => columns,
    });
    command.outputHelp();
    // A switch is off unless it is given; saying so makes each line longer.
    expect(help).not.toContain("default: false");
    const prose = help
      .split("\n\n")
      .filter((paragraph) => !/^ |^[\w ]+:\n|^Usage/.test(paragraph.replace(/^\n+/, "")));
    for (const paragraph of prose) {
      const lines = paragraph.trim().split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      // A line ends only where the next word would not have fitted, or where a text has a new line.
      for (const [index, line] of lines.slice(0, -1).entries()) {
        const [next = ""] = (lines[index + 1] ?? "").split(" ");
        const isFull = line.length + 1 + next.length > columns;
        expect([line, isFull || /[.!?]$/.test(line)]).toEqual([line, true]);
      }
    }
  }
});

test.each([
  ["a terminal", { isTTY: true, columns: 132 }, { COLUMNS: "90" }, 132],
  ["no terminal", { isTTY: false }, {}, 80],
  ["no terminal, with COLUMNS", { isTTY: false }, { COLUMNS: "90" }, 90],
  ["no terminal, with nonsense", { isTTY: false }, { COLUMNS: "wide" }, 80],
])("help for %s has its columns", (_what, stream, env, columns) => {
  expect(helpColumns(stream, env)).toBe(columns);
});

test("the version is that of the package, with the commit of a clone", () => {
  const { stdout, status } = hive("--version");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^hive \d+\.\d+\.\d+( \([0-9a-f]{7,40}(-dirty)?\))?\n$/);
  const elsewhere = mkdtempSync(join(tmpdir(), "hive version "));
  writeFileSync(join(elsewhere, "package.json"), '{ "version": "1.2.3" }');
  expect(versionText(elsewhere)).toBe("hive 1.2.3");
  rmSync(elsewhere, { recursive: true });
});

test.each([
  [["nonsense"]],
  [["up", "--through-phase", "lunch"]],
  [["ssh"]],
  [["completion", "fish"]],
])("wrong arguments end with code 2 and say where to look: %j", (args) => {
  const { status, stderr } = hive(...args);
  expect(status).toBe(exitCodes.input);
  expect(stderr).toContain("--help");
});

test("an unknown stage is refused before anything is touched", () => {
  const { status, stderr } = hive("plan", "--stack", "stagin");
  expect(status).toBe(exitCodes.input);
  expect(stderr).toContain("--stack staging");
});

test("the plan as JSON is only JSON", () => {
  const { stdout, status } = hive("plan", "--json");
  expect(status).toBe(0);
  expect(JSON.parse(stdout).hosts).toHaveLength(4);
});

test("a reader that goes away is no error", () => {
  const script = `"${process.execPath}" "${join(root, "cli", "bin.js")}" plan --json | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect([stdout.trim(), stderr]).toEqual(["0", ""]);
});

describe("completion", () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "hive it's "));
    for (const [stage, service] of [
      ["private", "webgate"],
      ["production", "shop"],
    ] as const) {
      mkdirSync(join(home, stage));
      writeFileSync(
        join(home, stage, "names"),
        `host hive0\nhost hive1\nservice ${service}\nservice am\n`,
      );
    }
  });
  afterAll(() => rmSync(home, { recursive: true }));

  /** What bash offers for a command line that ends where the cursor is. */
  const offered = (...words: string[]): string[] => {
    const script = `${completionScript("bash", program, home)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _hive; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync("bash", ["-c", script, "bash", ...words], { encoding: "utf8" });
    return out.split("\n").filter((word) => word !== "");
  };

  test.each([
    [["hive", "ro"], ["rollback"]],
    [
      ["npx", "hive", "sta"],
      ["status", "start"],
    ],
    [["hive", "up", "--thr"], ["--through-phase"]],
    [["hive", "up", "--through-phase", "setup"], ["setup-hosts"]],
    [
      ["hive", "logs", ""],
      ["webgate", "am"],
    ],
    [["hive", "logs", "we"], ["webgate"]],
    [
      ["hive", "logs", "--stack", "production", ""],
      ["shop", "am"],
    ],
    [
      ["hive", "exec", "webgate", "--host", "hive"],
      ["hive0", "hive1"],
    ],
    [["hive", "exec", "webgate", "--", "ng"], []],
    [
      ["hive", "ssh", ""],
      ["hive0", "hive1"],
    ],
    [["hive", "cp", "web"], ["webgate:"]],
    [
      ["hive", "status", "-s", "pr"],
      ["private", "production"],
    ],
    [
      ["hive", "completion", ""],
      ["bash", "zsh"],
    ],
    [
      ["hive", "new", ""],
      ["service", "job", "image", "secret"],
    ],
    [["npx", "jest", ""], []],
  ])("%j offers %j", (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  test("every command offers its options", () => {
    for (const command of program.commands) {
      expect(offered("hive", command.name(), "--")).toContain("--help");
    }
  });

  test("zsh gets the same through its own compatibility with bash", () => {
    const script = completionScript("zsh", program, home);
    expect(script).toMatch(/^#compdef hive\n.*bashcompinit/);
    expect(script).toContain("--through-phase");
  });
});

test.each([
  ["a terminal", { isTTY: true, env: {} }, { live: true, colour: true }],
  ["a pipe", { isTTY: false, env: {} }, { live: false, colour: false }],
  ["NO_COLOR", { isTTY: true, env: { NO_COLOR: "1" } }, { live: true, colour: false }],
  ["an empty NO_COLOR", { isTTY: true, env: { NO_COLOR: "" } }, { live: true, colour: true }],
  ["CI", { isTTY: true, env: { CI: "true" } }, { live: false, colour: true }],
  ["a dumb terminal", { isTTY: true, env: { TERM: "dumb" } }, { live: false, colour: false }],
])("how %s is written to", (_what, facts, mode) => {
  expect(terminalMode({ columns: 80, ...facts })).toEqual(mode);
});

describe("errors", () => {
  test("one for the user is printed without a stack trace", () => {
    const error = new InventoryError([{ path: "a", message: "b", remedy: "c" }]);
    expect(reportFailure(error)).toEqual({ text: error.message, exitCode: exitCodes.input });
    expect(reportFailure(new Failure("x", 3))).toEqual({ text: "x", exitCode: 3 });
  });

  test("a defect is printed with one", () => {
    const { text, exitCode } = reportFailure(new TypeError("x is not a function"));
    expect(exitCode).toBe(exitCodes.failed);
    expect(text).toContain("command-line.test");
  });
});

describe("the end of a run that failed", () => {
  const facts = { interrupted: false, explained: false, logFile: "x.log" };

  test("a wrong passphrase: nothing was changed, and what to do", () => {
    const failure = runFailure(
      ["error: getting stack configuration: get stack secrets manager: incorrect passphrase"],
      facts,
    );
    expect(failure.exitCode).toBe(exitCodes.prerequisite);
    expect(failure.message).toMatch(
      /^This is not the passphrase[\s\S]*Nothing was changed[\s\S]*x\.log$/,
    );
  });

  test("what an event has told is not told again", () => {
    expect(
      runFailure(["error: update failed", "error: boom"], { ...facts, explained: true }).message,
    ).toBe("Full log: x.log");
  });

  test("what no event has told is told", () => {
    expect(runFailure(["error: boom"], facts).message).toBe("boom\nFull log: x.log");
  });

  test("Ctrl-C", () => {
    expect(runFailure([], { ...facts, interrupted: true }).exitCode).toBe(exitCodes.interrupted);
  });
});

test.each([
  ["y", undefined, true],
  ["Yes ", undefined, true],
  ["", undefined, false],
  ["no", undefined, false],
  ["y", "production", false],
  ["production", "production", true],
])("the answer %j, where %j is asked for", (answer, expected, yes) => {
  expect(isYes(answer, expected)).toBe(yes);
});
