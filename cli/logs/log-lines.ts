import { type Frame, FrameReader } from "../tasks/frames";

/** A line that a task printed. */
export interface LogLine {
  /**
   * RFC 3339 with nanoseconds, UTC; compares as text. Empty for a line that the Docker Engine gave
   * no time.
   */
  readonly time: string;
  readonly stream: Frame["stream"];
  readonly text: string;
}

/** A container's output, piece by piece, as lines with their times. */
export class LogLineReader {
  private readonly frames = new FrameReader();
  private readonly rest = { stdout: "", stderr: "" };
  private readonly decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };

  /** @param tty the container has a terminal: its output comes without headers */
  constructor(private readonly tty: boolean) {}

  /** Takes bytes as they come. @returns the lines that are complete now */
  take(chunk: Buffer): readonly LogLine[] {
    const frames = this.tty
      ? [{ stream: "stdout" as const, data: chunk }]
      : this.frames.take(chunk);
    return frames.flatMap(({ stream, data }) => {
      const text = this.rest[stream] + this.decoders[stream].decode(data, { stream: true });
      const lines = text.split("\n");
      this.rest[stream] = lines.pop() ?? "";
      return lines.map((line) => readLine(stream, line));
    });
  }

  /** What came last without a line end. */
  end(): readonly LogLine[] {
    return (["stdout", "stderr"] as const).flatMap((stream) =>
      this.rest[stream] === "" ? [] : [readLine(stream, this.rest[stream])],
    );
  }
}

/** `2026-11-23T14:00:00.123456789Z text`, as a Docker Engine writes it with `timestamps`. */
function readLine(stream: Frame["stream"], line: string): LogLine {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z) ?/.exec(line);
  const text = line.slice(match?.[0].length ?? 0).replace(/\r$/, "");
  return { time: match === null ? "" : comparable(match[1] ?? ""), stream, text };
}

/** The time with nine digits after the point, so that times compare as texts. */
function comparable(time: string): string {
  const [whole = "", fraction = ""] = time.slice(0, -1).split(".");
  return `${whole}.${fraction.padEnd(9, "0").slice(0, 9)}Z`;
}
