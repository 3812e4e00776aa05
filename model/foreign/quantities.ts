import { durationSeconds } from "../values/duration";
import { sizeText } from "../values/size";

const sizeUnits: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
};

/**
 * An amount as Docker writes it (`512M`, `1g`, `64mb`, bytes; all of its units are binary,
 * docker/go-units `RAMInBytes`) in the form here; undefined for other texts. A part of a KiB is
 * rounded up.
 */
export function hiveSize(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const match = /^([0-9]+(?:\.[0-9]+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(String(value).trim());
  if (match === null) return undefined;
  const bytes = Number(match[1]) * (sizeUnits[(match[2] ?? "").toLowerCase()] ?? 1);
  const text = sizeText(Math.ceil(bytes / 1024) * 1024);
  return bytes > 0 ? text : undefined;
}

const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/**
 * A length of time in Go's form (`1m30s`, `500ms`) in the form here; undefined for other texts. A
 * valid text stays as it is.
 */
export function hiveDuration(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (durationSeconds(value) !== undefined) return value;
  if (!/^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, amount = "", unit = ""] of value.matchAll(
    /([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h)/g,
  )) {
    total += Number(amount) * (nanoseconds[unit] ?? 0);
  }
  const milliseconds = Math.max(Math.round(total / 1e6), total > 0 ? 1 : 0);
  if (milliseconds % 1000 !== 0) return `${milliseconds}ms`;
  const seconds = milliseconds / 1000;
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** A number, also in quotes; undefined for other values. */
export function hiveNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
