import fc from "fast-check";
import { taskLabel } from "../../../cli/logs/label";
import { LogLineReader } from "../../../cli/logs/log-lines";
import { LogMerge } from "../../../cli/logs/merge";
import { readSince } from "../../../cli/logs/since";

const frame = (text: string, stream = 1): Buffer => {
  const data = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
};

test("lines with their times, from both outputs", () => {
  const reader = new LogLineReader(false);
  const lines = [
    ...reader.take(frame("2026-11-23T14:00:00.5Z one\n2026-11-23T14:00:01.123456789Z two\r\n")),
    ...reader.take(frame("2026-11-23T14:00:02Z oops\n", 2)),
    ...reader.take(frame("2026-11-23T14:00:03Z unfinished")),
    ...reader.end(),
  ];
  expect(lines).toEqual([
    { time: "2026-11-23T14:00:00.500000000Z", stream: "stdout", text: "one" },
    { time: "2026-11-23T14:00:01.123456789Z", stream: "stdout", text: "two" },
    { time: "2026-11-23T14:00:02.000000000Z", stream: "stderr", text: "oops" },
    { time: "2026-11-23T14:00:03.000000000Z", stream: "stdout", text: "unfinished" },
  ]);
});

test("a container with a terminal has no headers; a letter may be cut in two", () => {
  const reader = new LogLineReader(true);
  const bytes = Buffer.from("2026-11-23T14:00:00Z grün\n");
  const cut = bytes.indexOf(0xbc);
  expect([...reader.take(bytes.subarray(0, cut)), ...reader.take(bytes.subarray(cut))]).toEqual([
    { time: "2026-11-23T14:00:00.000000000Z", stream: "stdout", text: "grün" },
  ]);
});

test("lines of all tasks come in the order of time, each task keeps its own order", () => {
  const times = fc.array(fc.nat(50), { maxLength: 30 });
  fc.assert(
    fc.property(fc.array(times, { maxLength: 5 }), (sources) => {
      const merge = new LogMerge();
      for (const [index, numbers] of sources.entries()) {
        merge.add(
          String(index),
          numbers.map((number, line) => ({
            // One in five lines has no time.
            time: number % 5 === 4 ? "" : `t${String(number).padStart(3, "0")}`,
            stream: "stdout",
            text: String(line),
          })),
        );
      }
      const merged = merge.drain();
      expect(merged.map(({ time }) => time)).toEqual(merged.map(({ time }) => time).sort());
      for (const [index, numbers] of sources.entries()) {
        const own = merged.filter(({ source }) => source === String(index));
        expect(own.map(({ text }) => Number(text))).toEqual(numbers.map((_number, line) => line));
      }
      expect(merge.drain()).toEqual([]);
    }),
  );
});

test.each([
  ["web.2.k3x9zabc", true, "web.2 p-hive1"],
  ["web.2.k3x9zabc", false, "web.2 p-hive1 (k3x9z)"],
  ["web.n0deid.k3x9zabc", true, "web p-hive1"],
])("%s (running: %s) is shown as %s", (name, running, label) => {
  const labels = {
    "com.docker.swarm.service.name": "web",
    "com.docker.swarm.task.name": name,
    "com.docker.swarm.task.id": "k3x9zabc",
  };
  expect(taskLabel(labels, "p-hive1.hive.example", running)?.label).toBe(label);
  expect(taskLabel({}, "p-hive1.hive.example", running)).toBeUndefined();
});

test.each([
  ["10m", 999_400],
  ["90s", 999_910],
  ["2h", 992_800],
  ["2001-09-09T01:46:40Z", 1_000_000_000],
  ["yesterday", undefined],
  ["10", undefined],
])("since %s", (text, time) => {
  expect(readSince(text, 1_000_000_000)).toBe(time);
});
