import type { DrbdOptions } from "./keywords";

/** How long DRBD takes to notice that a peer is lost without a word, seconds. */
export interface NoticeSeconds {
  /** While it waits for an answer to a write. */
  readonly writing: number;
  /** While nothing is written: until the next ping, and for its answer. */
  readonly idle: number;
}

/**
 * How long the loss of a peer stays unnoticed at most. Recorded with ping-int 3, ping-timeout 20
 * and timeout 25: 3.1 s under writes, 5.0 to 6.3 s idle until another server has mounted.
 */
export function noticeSeconds(options: DrbdOptions): NoticeSeconds {
  const ping = Number(options["ping-timeout"]) / 10;
  return {
    writing: Number(options.timeout) / 10,
    idle: Number(options["ping-int"]) + ping,
  };
}
