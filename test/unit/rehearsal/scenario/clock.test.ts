import { lengthText, momentText } from "../../../../rehearsal/scenario/clock";

test.each([
  [0, "0 s"],
  [0.4, "0 s"],
  [59.4, "59 s"],
  [59.6, "1 min"],
  [92, "1 min 32 s"],
  [3600, "60 min"],
])("a length of %s seconds is %s", (seconds, text) => {
  expect(lengthText(seconds)).toBe(text);
});

test.each([
  [0, "0:00"],
  [59.9, "0:59"],
  [65, "1:05"],
  [3661, "61:01"],
])("a moment after %s seconds is %s", (seconds, text) => {
  expect(momentText(seconds)).toBe(text);
});
