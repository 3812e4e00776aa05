import fc from "fast-check";
import { cronFault, nextRun, parseCron } from "../../../../model/values/cron";

describe("a schedule", () => {
  test.each([
    ["0 3 * * *", { minutes: [0], hours: [3] }],
    ["*/20 * * * *", { minutes: [0, 20, 40] }],
    ["5/25 * * * *", { minutes: [5, 30, 55] }],
    ["1-9/4,30 * * * *", { minutes: [1, 5, 9, 30] }],
    ["0 0 * JAN,dec *", { months: [1, 12] }],
    ["0 0 * * mon-fri", { daysOfWeek: [1, 2, 3, 4, 5] }],
    ["0 0 * * 5-7", { daysOfWeek: [0, 5, 6] }],
    ["0 0 * * 7", { daysOfWeek: [0] }],
    ["  0   0\t1 * * ", { daysOfMonth: [1] }],
    ["0 0 1 * 1", { eitherDay: true }],
    ["0 0 */2 * 1", { eitherDay: false }],
  ])("%s", (text, part) => {
    expect(cronFault(text)).toBeUndefined();
    expect(parseCron(text)).toMatchObject(part);
  });

  test.each([
    ["", "has 0 fields"],
    ["0 3 * *", "has 4 fields"],
    ["0 0 3 * * *", "has 6 fields"],
    ["@daily", "has 1 fields"],
    ["60 * * * *", 'has "60" as its minute, which takes numbers from 0 to 59'],
    ["* 24 * * *", 'has "24" as its hour'],
    ["* * 0 * *", 'has "0" as its day of the month'],
    ["* * * 13 *", 'has "13" as its month, which takes numbers from 1 to 12, names such as feb'],
    ["* * * * 8", 'has "8" as its day of the week'],
    ["* * * * fri-mon", 'has "fri-mon" as its day of the week'],
    ["*/0 * * * *", 'has "*/0" as its minute'],
    ["1,,2 * * * *", 'has "" as its minute'],
    ["1- * * * *", 'has "1-" as its minute'],
    ["-1 * * * *", 'has "-1" as its minute'],
    ["1-2-3 * * * *", 'has "1-2-3" as its minute'],
    ["0 0 31 2,4 *", "is never due"],
    ["0 0 30 feb *", "is never due"],
  ])("%j is none: %s", (text, fault) => {
    expect(cronFault(text)).toContain(fault);
    expect(() => nextRun(text, new Date(0))).toThrow(RangeError);
  });
});

describe("the next run", () => {
  test.each([
    ["0 3 * * *", "2026-03-01T02:59:59.999Z", "2026-03-01T03:00:00.000Z"],
    ["0 3 * * *", "2026-03-01T03:00:00.000Z", "2026-03-02T03:00:00.000Z"],
    ["*/15 * * * *", "2026-12-31T23:45:00.000Z", "2027-01-01T00:00:00.000Z"],
    ["0 0 29 2 *", "2096-02-29T00:00:00.000Z", "2104-02-29T00:00:00.000Z"],
    ["0 12 13 * 5", "2026-03-01T00:00:00.000Z", "2026-03-06T12:00:00.000Z"],
    ["0 12 */31 * 5", "2026-03-01T13:00:00.000Z", "2026-05-01T12:00:00.000Z"],
    ["0 0 29 2 */7", "2088-02-29T00:00:00.000Z", "2128-02-29T00:00:00.000Z"],
    ["30 1 31 * *", "2026-01-31T01:30:00.000Z", "2026-03-31T01:30:00.000Z"],
  ])("of %s after %s is %s", (text, after, next) => {
    expect(nextRun(text, new Date(after)).toISOString()).toBe(next);
  });

  /** A field as text with what it means. */
  interface Field {
    readonly text: string;
    readonly includes: (value: number) => boolean;
  }

  function field(first: number, last: number): fc.Arbitrary<Field> {
    const number = fc.integer({ min: first, max: last });
    const part: fc.Arbitrary<Field> = fc.oneof(
      number.map((at) => ({ text: String(at), includes: (value: number) => value === at })),
      fc.integer({ min: 1, max: last }).map((step) => ({
        text: `*/${step}`,
        includes: (value: number) => (value - first) % step === 0,
      })),
      fc.tuple(number, number, fc.integer({ min: 1, max: 9 })).map(([a, b, step]) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        return {
          text: `${from}-${to}/${step}`,
          includes: (value: number) => value >= from && value <= to && (value - from) % step === 0,
        };
      }),
    );
    return fc.oneof(
      fc.constant({ text: "*", includes: () => true }),
      fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ({
        text: parts.map(({ text }) => text).join(","),
        includes: (value: number) => parts.some((each) => each.includes(value)),
      })),
    );
  }

  test("is after the given time, is due, and nothing in between is", () => {
    const minute = 60_000;
    fc.assert(
      fc.property(
        field(0, 59),
        field(0, 23),
        field(1, 28),
        field(1, 12),
        field(0, 6),
        fc.date({ min: new Date("2020-01-01"), max: new Date("2090-01-01"), noInvalidDate: true }),
        (minutes, hours, days, months, weekdays, after) => {
          const text = [minutes, hours, days, months, weekdays].map((each) => each.text).join(" ");
          const either = !days.text.startsWith("*") && !weekdays.text.startsWith("*");
          const isDue = (time: Date): boolean => {
            const ofMonth = days.includes(time.getUTCDate());
            const ofWeek = weekdays.includes(time.getUTCDay());
            return (
              minutes.includes(time.getUTCMinutes()) &&
              hours.includes(time.getUTCHours()) &&
              months.includes(time.getUTCMonth() + 1) &&
              (either ? ofMonth || ofWeek : ofMonth && ofWeek)
            );
          };
          const next = nextRun(text, after);
          expect(next.getTime()).toBeGreaterThan(after.getTime());
          expect(next.getTime() % minute).toBe(0);
          expect(isDue(next)).toBe(true);
          // Three days are enough to see a run that was jumped over.
          const from = Math.max(after.getTime(), next.getTime() - 3 * 24 * 60 * minute);
          for (
            let time = Math.floor(from / minute) * minute + minute;
            time < next.getTime();
            time += minute
          ) {
            if (isDue(new Date(time))) throw new Error(`${text} was due at ${time} already`);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test("however it is written, a fault is told and never thrown by the check", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const fault = cronFault(text);
        if (fault === undefined) expect(() => nextRun(text, new Date(0))).not.toThrow();
      }),
    );
  });
});
