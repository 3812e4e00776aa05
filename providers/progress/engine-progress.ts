/** One message of the stream in which a Docker Engine answers a build, push, pull or load. */
export interface EngineMessage {
  /** Output of a build, with its line ends. */
  readonly stream?: string;
  /** The current work on the layer `id`. */
  readonly status?: string;
  readonly id?: string;
  /** Set in the last message of work that failed. */
  readonly error?: string;
  /** Results: `{ ID }` of a built image, `{ Tag, Digest, Size }` of a pushed one. */
  readonly aux?: { readonly ID?: string; readonly Digest?: string };
}

/**
 * Reads the Docker Engine's answer to its end: one JSON object per line. Other lines are skipped.
 *
 * @param onMessage - called for each message, including the one with an error.
 * @returns the error of the last message that has one; undefined when the work succeeded.
 * @throws the error that breaks the stream.
 */
export async function readEngineProgress(
  stream: NodeJS.ReadableStream,
  onMessage: (message: EngineMessage) => void,
): Promise<string | undefined> {
  let rest = "";
  let failure: string | undefined;
  const take = (line: string): void => {
    const message = parseMessage(line);
    if (message === undefined) return;
    failure = message.error ?? failure;
    onMessage(message);
  };
  stream.setEncoding("utf8");
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  }
  take(rest);
  return failure;
}

function parseMessage(line: string): EngineMessage | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
