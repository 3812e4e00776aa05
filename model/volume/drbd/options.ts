import { suggestion } from "../../problem/suggestion";
import {
  type DrbdKeyword,
  drbdKeywords,
  type DrbdOption,
  type DrbdOptions,
  type DrbdRange,
} from "./keywords";
import { refusedKeywords } from "./refused-keywords";
import { noticeSeconds } from "./timers";

/** A setting of a stage that DRBD or hive does not take. */
export interface DrbdFault {
  /** The option, e.g. `ping-int`. */
  readonly key: string;
  readonly message: string;
  readonly remedy: string;
}

/** What a stage may have beside its options of DRBD, and they have to fit to. */
export interface DrbdSurroundings {
  /** Seconds between two heartbeats of the Swarm; a server is down after three. */
  readonly heartbeatSeconds: number;
}

const keywords: Readonly<Record<string, DrbdKeyword>> = drbdKeywords;

/** The options of a stage: what it says, else hive's own. */
export function drbdOptions(given: Readonly<Record<string, unknown>> = {}): DrbdOptions {
  return Object.fromEntries(
    Object.entries(keywords).map(([name, { value }]) => [
      name,
      takes(name, given[name]) ? given[name] : value,
    ]),
  ) as DrbdOptions;
}

/** All that is wrong with what a stage says, in its order; then what does not fit together. */
export function drbdFaults(
  given: Readonly<Record<string, unknown>>,
  surroundings: DrbdSurroundings,
): readonly DrbdFault[] {
  const single = Object.entries(given).flatMap(([key, value]) => faultOf(key, value) ?? []);
  return [...single, ...misfits(drbdOptions(given), surroundings)];
}

function takes(name: string, value: unknown): value is number | string {
  const wanted = keywords[name]?.takes;
  if (wanted === undefined) return false;
  if (isWords(wanted)) return typeof value === "string" && wanted.includes(value);
  return (
    typeof value === "number" &&
    Number.isInteger(value) &&
    value >= wanted.least &&
    value <= wanted.most
  );
}

function faultOf(key: string, value: unknown): DrbdFault | undefined {
  const keyword = keywords[key];
  if (keyword === undefined) return unknownKey(key);
  if (takes(key, value)) return undefined;
  const { takes: wanted, refused = {} } = keyword;
  const reason = typeof value === "string" ? refused[value] : undefined;
  const remedy = isWords(wanted)
    ? wanted.length === 1
      ? "leave the key out"
      : `write one of: ${wanted.join(", ")}`
    : `write a whole number from ${wanted.least} to ${wanted.most}${unitOf(wanted)}`;
  return {
    key,
    message: reason === undefined ? "is not a value of this option" : `is refused: ${reason}`,
    remedy,
  };
}

function unknownKey(key: string): DrbdFault {
  const reason = refusedKeywords[key];
  if (reason !== undefined)
    return { key, message: `is refused: ${reason}`, remedy: "leave the key out" };
  const meant = suggestion(key, Object.keys(keywords));
  return {
    key,
    message: "is not an option that hive sets",
    remedy:
      meant === undefined
        ? `leave it out; there are: ${Object.keys(keywords).join(", ")}`
        : `write ${meant}, or leave it out`,
  };
}

/**
 * Timers that DRBD or the Swarm would not take together. The manual page drbd.conf-9.0 wants
 * `timeout` below `connect-int` and `ping-int`.
 */
function misfits(
  options: DrbdOptions,
  { heartbeatSeconds }: DrbdSurroundings,
): readonly DrbdFault[] {
  const number = (name: DrbdOption): number => Number(options[name]);
  const shorter = (["ping-int", "connect-int"] as const).flatMap((name): readonly DrbdFault[] =>
    number("timeout") < number(name) * 10
      ? []
      : [
          {
            key: "timeout",
            message: `${tenths(number("timeout"))} s is not below ${name}, ${number(name)} s`,
            remedy: `write less than ${number(name) * 10}, which are tenths of a second, or a longer ${name}`,
          },
        ],
  );
  const { idle } = noticeSeconds(options);
  const down = 3 * heartbeatSeconds;
  const late: readonly DrbdFault[] =
    idle < down
      ? []
      : [
          {
            key: "ping-int",
            message: `with ping-timeout, a lost server is noticed after ${idle} s, but the Swarm starts its tasks elsewhere after ${down} s`,
            remedy:
              "write a shorter ping-int or ping-timeout, or a longer hive:swarm.heartbeatSeconds",
          },
        ];
  const wait = number("auto-promote-timeout") / 10;
  const early: readonly DrbdFault[] =
    wait > down + idle
      ? []
      : [
          {
            key: "auto-promote-timeout",
            message: `a task waits ${wait} s for its volume, but a lost server may hold it for ${down + idle} s`,
            remedy: `write more than ${Math.ceil((down + idle) * 10)}, which are tenths of a second`,
          },
        ];
  return [...shorter, ...late, ...early];
}

function isWords(wanted: DrbdKeyword["takes"]): wanted is readonly string[] {
  return Array.isArray(wanted);
}

function unitOf({ unit }: DrbdRange): string {
  return unit === undefined ? "" : ` (${unit})`;
}

function tenths(value: number): string {
  return String(value / 10);
}
