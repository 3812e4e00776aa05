import { engineTime } from "../../../../model/values/engine-time";

test("times are compared as times: an engine leaves zeros at the end of decimals out", () => {
  const earlier = "2026-01-01T00:00:00Z";
  const later = "2026-01-01T00:00:00.5Z";
  // As texts they are the other way round.
  expect(earlier > later).toBe(true);
  expect(engineTime(earlier)).toBeLessThan(engineTime(later));
  expect(engineTime("2026-01-01T00:00:00.696494928Z")).toBeGreaterThan(engineTime(later));
});

test.each([undefined, "", "yesterday"])("what is no time (%p) is older than everything", (text) => {
  expect(engineTime(text)).toBe(0);
});
