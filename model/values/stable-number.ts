import { createHash } from "node:crypto";

/** A range of numbers, both ends included. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Published ports for `"auto"`: above the ports that Linux uses for outgoing connections
 * (32768–60999), without the last one.
 */
export const autoPorts: NumberRange = { first: 61_001, last: 65_534 };

/**
 * Minor numbers of replicated volumes. A minor has 20 bits; the first thousand are left to existing
 * devices.
 */
export const replicationMinors: NumberRange = { first: 1000, last: 1_048_575 };

/** TCP ports of replicated volumes: below the ports of outgoing connections. */
export const replicationPorts: NumberRange = { first: 20_000, last: 28_191 };

/**
 * The number of a name in a range: always the same, independent of other names, and without a list
 * of used numbers. Two names may get the same number; the caller has to check for that.
 */
export function stableNumber(name: string, range: NumberRange): number {
  // 48 bits of SHA-256: exact in a double, and far more than any range here, so that all numbers
  // are about as likely.
  const hash = createHash("sha256").update(name, "utf8").digest().readUIntBE(0, 6);
  return range.first + (hash % (range.last - range.first + 1));
}

/** Whether a number lies in a range. */
export function isWithin(range: NumberRange, number: number): boolean {
  return number >= range.first && number <= range.last;
}
