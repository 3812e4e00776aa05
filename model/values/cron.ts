/**
 * The five fields of cron, in UTC, as in crontab(5) of Vixie cron: lists, ranges, steps,
 * names of months and days, 7 for Sunday. When both the day of the month and the day of the week
 * are restricted, one of them is enough. Serialized into dynamic providers: plain functions only.
 */
export interface CronSchedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  /** 1 is January. */
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly daysOfWeek: readonly number[];
  /** Whether one of the two kinds of days is enough: true if neither field begins with `*`. */
  readonly eitherDay: boolean;
}

interface Field {
  readonly title: string;
  readonly first: number;
  readonly last: number;
  /** Names that stand for `first`, `first + 1` … */
  readonly names: readonly string[];
}

/** The problem of a text as a schedule, or undefined for a valid one. */
export function cronFault(text: string): string | undefined {
  const parsed = parse(text);
  return typeof parsed === "string" ? parsed : undefined;
}

/**
 * Parses a schedule.
 *
 * @throws RangeError when {@link cronFault} finds a fault
 */
export function parseCron(text: string): CronSchedule {
  const parsed = parse(text);
  if (typeof parsed === "string") throw new RangeError(`The schedule ${text} ${parsed}.`);
  return parsed;
}

/**
 * The first time after `after` at which a schedule is due; on a full minute, in UTC.
 *
 * @throws RangeError when the schedule has a fault
 */
export function nextRun(text: string, after: Date): Date {
  const schedule = parseCron(text);
  const earliest = new Date(Math.floor(after.getTime() / 60_000) * 60_000 + 60_000);
  // 29 February on a Sunday can take 40 years: 2100 is no leap year.
  const limit = earliest.getUTCFullYear() + 41;
  let day = startOfDay(earliest);
  let fromMinute = earliest.getUTCHours() * 60 + earliest.getUTCMinutes();
  while (day.getUTCFullYear() <= limit) {
    const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
    if (!schedule.months.includes(month + 1)) {
      day = new Date(Date.UTC(year, month + 1, 1));
    } else {
      const minute = isDue(schedule, day) ? firstMinute(schedule, fromMinute) : undefined;
      if (minute !== undefined) return new Date(day.getTime() + minute * 60_000);
      day = new Date(Date.UTC(year, month, date + 1));
    }
    fromMinute = 0;
  }
  throw new RangeError(`The schedule ${text} is never due.`);
}

function startOfDay(time: Date): Date {
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()));
}

/** Whether the schedule contains a day, given by its start, in a month of the schedule. */
function isDue(schedule: CronSchedule, day: Date): boolean {
  const ofMonth = schedule.daysOfMonth.includes(day.getUTCDate());
  const ofWeek = schedule.daysOfWeek.includes(day.getUTCDay());
  return schedule.eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
}

/** The first minute of a day, counted from midnight, that is due and not before `from`. */
function firstMinute(schedule: CronSchedule, from: number): number | undefined {
  for (const hour of schedule.hours) {
    for (const minute of schedule.minutes) {
      if (hour * 60 + minute >= from) return hour * 60 + minute;
    }
  }
  return undefined;
}

function parse(text: string): CronSchedule | string {
  const fields: readonly Field[] = [
    { title: "minute", first: 0, last: 59, names: [] },
    { title: "hour", first: 0, last: 23, names: [] },
    { title: "day of the month", first: 1, last: 31, names: [] },
    {
      title: "month",
      first: 1,
      last: 12,
      names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    {
      title: "day of the week",
      first: 0,
      last: 7,
      names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
  ];
  const texts = text.trim().split(/\s+/);
  if (texts.length !== fields.length) return `has ${text.trim() === "" ? 0 : texts.length} fields`;
  const parsed = fields.map((field, index) => parseField(texts[index] ?? "", field));
  const fault = parsed.find((numbers) => typeof numbers === "string");
  if (fault !== undefined) return fault;
  const [minutes, hours, daysOfMonth, months, weekdays] = parsed as readonly (readonly number[])[];
  const schedule: CronSchedule = {
    minutes: minutes ?? [],
    hours: hours ?? [],
    daysOfMonth: daysOfMonth ?? [],
    months: months ?? [],
    daysOfWeek: sorted((weekdays ?? []).map((day) => day % 7)),
    eitherDay: ![texts[2], texts[4]].some((part) => part?.startsWith("*") === true),
  };
  return schedule.eitherDay || hasSomeDay(schedule)
    ? schedule
    : "is never due: none of its months has such a day";
}

function hasSomeDay(schedule: CronSchedule): boolean {
  const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const firstDay = schedule.daysOfMonth[0] ?? 1;
  return schedule.months.some((month) => firstDay <= (longest[month - 1] ?? 31));
}

/** The numbers of a field, in order, or its problem. */
function parseField(text: string, field: Field): readonly number[] | string {
  const numbers: number[] = [];
  for (const part of text.split(",")) {
    const range = parsePart(part, field);
    if (range === undefined) {
      return (
        `has "${part}" as its ${field.title}, which takes numbers from ${field.first} to ${field.last}` +
        `${field.names.length === 0 ? "" : `, names such as ${field.names[1]}`}, lists, ranges (1-5) and steps (*/2)`
      );
    }
    for (let number = range.from; number <= range.to; number += range.step) numbers.push(number);
  }
  return sorted(numbers);
}

function parsePart(
  part: string,
  field: Field,
): { readonly from: number; readonly to: number; readonly step: number } | undefined {
  const [, rangeText = "", stepText] = /^([^/]+)(?:\/([0-9]{1,3}))?$/.exec(part) ?? [];
  const step = stepText === undefined ? 1 : Number(stepText);
  if (rangeText === "" || step < 1) return undefined;
  if (rangeText === "*") return { from: field.first, to: field.last, step };
  const ends = rangeText.split("-").map((end) => parseNumber(end, field));
  const [from, to] = ends;
  if (from === undefined || ends.length > 2) return undefined;
  // A step after a single number continues to the field's end.
  if (ends.length === 1) return { from, to: stepText === undefined ? from : field.last, step };
  return to === undefined || to < from ? undefined : { from, to, step };
}

function parseNumber(text: string, field: Field): number | undefined {
  const named = field.names.indexOf(text.toLowerCase());
  if (named >= 0) return field.first + named;
  if (!/^[0-9]{1,2}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= field.first && number <= field.last ? number : undefined;
}

function sorted(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((left, right) => left - right);
}
