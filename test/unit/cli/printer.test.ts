import { ProgressPrinter } from "../../../cli/progress/printer";
import { plain, type Terminal } from "../../../cli/terminal";
import { recordedEvents } from "./recorded-run";

/** A terminal that keeps what was written to it. */
function recordingTerminal(live: boolean): Terminal & { text: string } {
  const terminal = {
    text: "",
    live,
    columns: 100,
    paint: plain,
    print: (line: string) => void (terminal.text += `${line}\n`),
    printError: (line: string) => void (terminal.text += `${line}\n`),
    write: (text: string) => void (terminal.text += text),
  };
  return terminal;
}

/** What a terminal shows in the end: going back to a line removes it and all below. */
function shown(text: string): string {
  // eslint-disable-next-line no-control-regex -- the escape sequence itself is what is looked for
  const frames = text.split(/\u001b\[(\d+)F\u001b\[J/);
  let screen: string[] = [];
  frames.forEach((part, index) => {
    if (index % 2 === 1) screen = screen.slice(0, screen.length - Number(part));
    else screen.push(...part.split("\n").slice(0, -1));
  });
  return screen.join("\n");
}

test.each([true, false])(
  "the last state is shown once, however often the end is announced (live: %s)",
  (live) => {
    const terminal = recordingTerminal(live);
    const printer = new ProgressPrinter(terminal, "build");
    printer.start();
    for (const event of recordedEvents("second-up")) printer.take(event);
    printer.stop();
    printer.stop();
    expect(shown(terminal.text).match(/initialize-services .*3 created/g)).toHaveLength(1);
  },
);

test("a note stands between the lines and is not redrawn away", () => {
  const terminal = recordingTerminal(true);
  const printer = new ProgressPrinter(terminal, "build");
  for (const event of recordedEvents("first-up-failed")) printer.take(event);
  printer.note("Ctrl-C: Pulumi finishes the steps that are running.");
  printer.stop();
  expect(shown(terminal.text).split("\n")[0]).toBe(
    "Ctrl-C: Pulumi finishes the steps that are running.",
  );
});

test("an engine that died without a last word has failed", () => {
  const printer = new ProgressPrinter(recordingTerminal(false), "build");
  printer.stop();
  expect(printer.current.result).toBe("failed");
});

test("without a terminal a step's own words are lines, not more often than every five seconds", () => {
  jest.useFakeTimers({ now: 1_000_000 });
  try {
    const terminal = recordingTerminal(false);
    const printer = new ProgressPrinter(terminal, "build");
    const type = "pulumi-nodejs:dynamic/hive:SwarmService";
    const urn = `urn:pulumi:private::hive::hive:phase:DeployServices$${type}::service-web-service`;
    const metadata = { op: "update", urn, type, new: { custom: true } };
    const take = (event: object) => printer.take(event as Parameters<typeof printer.take>[0]);
    printer.start();
    take({ resourcePreEvent: { metadata } });
    for (const count of [0, 1, 2]) {
      take({
        diagnosticEvent: { severity: "info", message: `hive: web: ${count} of 3 tasks run\n` },
      });
    }
    jest.advanceTimersByTime(6000);
    printer.stop();
    expect(terminal.text.split("\n").filter((line) => line.includes("tasks run"))).toEqual([
      "deploy-services       web: 0 of 3 tasks run",
      "deploy-services       web: 2 of 3 tasks run",
    ]);
  } finally {
    jest.useRealTimers();
  }
});

test("what a run says of itself as a whole is a line of its own", () => {
  const terminal = recordingTerminal(false);
  const printer = new ProgressPrinter(terminal, "build");
  const message = "hive: stage: AWS account 123456789012, region ap-northeast-1\n";
  printer.take({
    sequence: 1,
    timestamp: 1,
    diagnosticEvent: { message, color: "never", severity: "info" },
  });
  printer.stop();
  expect(terminal.text).toContain("AWS account 123456789012, region ap-northeast-1\n");
});
