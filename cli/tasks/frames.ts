/** A piece of what a container printed. */
export interface Frame {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
}

const headerBytes = 8;

/**
 * Takes apart the stream in which an engine sends both outputs of a container that has no terminal:
 * each piece comes after a header of eight bytes, the stream's number first, the length in the last
 * four (Engine API, "Attach to a container").
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
