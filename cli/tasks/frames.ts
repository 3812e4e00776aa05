/** A piece of a container's output. */
export interface Frame {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
}

const headerBytes = 8;

/**
 * Splits the stream in which a Docker Engine sends both outputs of a container without a terminal:
 * each piece follows a header of eight bytes, with the stream's number first and the length in the
 * last four (Engine API, "Attach to a container").
 */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  /** Takes bytes as they come. @returns the pieces that are complete now */
  take(chunk: Buffer): readonly Frame[] {
    let rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const frames: Frame[] = [];
    while (rest.length >= headerBytes) {
      const end = headerBytes + rest.readUInt32BE(4);
      if (rest.length < end) break;
      frames.push({
        stream: rest[0] === 2 ? "stderr" : "stdout",
        data: rest.subarray(headerBytes, end),
      });
      rest = rest.subarray(end);
    }
    this.rest = rest;
    return frames;
  }
}
