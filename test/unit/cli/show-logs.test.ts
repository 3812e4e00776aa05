import { silenceText } from "../../../cli/commands/logs";
import { readHostLogs } from "../../../cli/logs/host-logs";
import type { TaskLabel } from "../../../cli/logs/label";
import { showLogs } from "../../../cli/logs/show-logs";

jest.mock("../../../cli/logs/host-logs");

const line = { time: "2026-11-23T14:00:00Z", stream: "stdout" as const, text: "up" };
const task = { taskId: "k3x9z", label: "web.1 p-hive0", slot: 1 } as TaskLabel;

/** What is shown when a host prints and notes so much. */
async function shown(lines: number, notes: readonly string[], silence?: string) {
  const out: string[] = [];
  const err: string[] = [];
  jest.mocked(readHostLogs).mockImplementation((_host, _request, sink) => {
    if (lines > 0) sink.lines(task, [line]);
    for (const note of notes) sink.note(note);
    return Promise.resolve();
  });
  const terminal = {
    paint: (_style: string, text: string) => text,
    print: (text: string) => void out.push(text),
    printError: (text: string) => void err.push(text),
  };
  const hosts = [{}] as unknown as Parameters<typeof showLogs>[0];
  const request = { service: "web", tail: "all" as const, since: 0, wanted: () => true };
  await showLogs(hosts, request, { terminal, timestamps: false }, silence);
  return { out, err };
}

test.each([
  ["nothing", 0, [], "No output yet.", [], ["No output yet."]],
  ["nothing, and nobody asks", 0, [], undefined, [], []],
  ["a line", 1, [], "No output yet.", ["web.1 p-hive0 | up"], []],
  ["only a note", 0, ["p-hive1 is away"], "No output yet.", [], ["p-hive1 is away"]],
])("output: %s", async (_title, lines, notes, silence, out, err) => {
  expect(await shown(lines, notes, silence)).toEqual({ out, err });
});

test.each([
  [{ tail: "all" as const }, "No output yet."],
  [{ tail: 10 }, "No output yet."],
  [{ tail: 10, since: 1764000000 }, "No output since then."],
  [{ tail: 0 }, ""],
])("the note for %j is '%s'", (options, text) => {
  expect(silenceText(options)).toBe(text);
});
