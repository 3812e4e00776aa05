import { progressPrefix, progressReporter } from "../../../../providers/progress/progress-line";

let said: string[];

beforeEach(() => {
  said = [];
  jest.useFakeTimers();
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

test("short work says nothing; long work says what it is at, when that changes, and not too often", () => {
  const report = progressReporter();
  report("web: preparing");
  jest.advanceTimersByTime(2900);
  report("web: preparing");
  expect(said).toEqual([]);

  jest.advanceTimersByTime(200);
  report("web: preparing");
  report("web: starting");
  jest.advanceTimersByTime(10_000);
  report("web: preparing");
  report("web: starting");
  jest.advanceTimersByTime(1000);
  report("web: 1 of 2 tasks run");
  expect(said).toEqual([`${progressPrefix}web: preparing\n`, `${progressPrefix}web: starting\n`]);
});
