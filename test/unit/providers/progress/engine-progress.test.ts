import { Readable } from "node:stream";
import {
  type EngineMessage,
  readEngineProgress,
} from "../../../../providers/progress/engine-progress";

async function read(
  ...chunks: (string | Buffer)[]
): Promise<{ messages: EngineMessage[]; failure: string | undefined }> {
  const messages: EngineMessage[] = [];
  const bytes = chunks.map((chunk) => Buffer.from(chunk as string));
  const failure = await readEngineProgress(Readable.from(bytes, { objectMode: false }), (message) =>
    messages.push(message),
  );
  return { messages, failure };
}

describe("the engine's answer to long work", () => {
  test("messages are found wherever the chunks end, also inside a letter", async () => {
    const whole = Buffer.from('{"stream":"größe"}\r\n{"aux":{"ID":"sha256:1"}}\r\n');
    for (let cut = 1; cut < whole.length; cut++) {
      const { messages } = await read(whole.subarray(0, cut), whole.subarray(cut));
      expect(messages).toEqual([{ stream: "größe" }, { aux: { ID: "sha256:1" } }]);
    }
  });

  test("a last line without its end counts, and what is no JSON does not", async () => {
    expect(await read('nonsense\n{"status":"a"}')).toEqual({
      messages: [{ status: "a" }],
      failure: undefined,
    });
  });

  test("an error inside the stream is the result", async () => {
    expect((await read('{"stream":"a"}\n{"error":"it broke"}\n')).failure).toBe("it broke");
  });
});
