import { endOf, withoutFrames } from "../../../../providers/swarm-service/task-report";

/** A piece of output as the engine frames it. */
function frame(stream: number, text: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test("the engine's frames are taken off, in the order in which the task printed", () => {
  expect(withoutFrames(Buffer.concat([frame(1, "starting\n"), frame(2, "cannot open ü\n")]))).toBe(
    "starting\ncannot open ü",
  );
});

test("output of a task with a terminal has no frames and stays as it is", () => {
  expect(withoutFrames(Buffer.from("plain text without frames\n"))).toBe(
    "plain text without frames",
  );
});

test("no output is an empty text", () => {
  expect(withoutFrames(Buffer.alloc(0))).toBe("");
});

test.each([
  [{ State: "failed", Err: "task: non-zero exit (1)" }, false, "failed: task: non-zero exit (1)"],
  [
    { State: "rejected", Err: "error while mounting volume '': VolumeDriver.Mount: it is held" },
    false,
    "rejected: it is held",
  ],
  [{ State: "failed" }, false, "failed: no reason given"],
  [{ State: "complete" }, true, "was unhealthy, was therefore stopped, and ended (complete)"],
])("how a task ended: %j, unhealthy: %s", (Status, unhealthy, text) => {
  expect(endOf({ Status }, unhealthy)).toBe(text);
});
