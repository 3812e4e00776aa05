import { startBuildLog } from "../../../../providers/image-build/build-log";

/** What a person sees of a build whose step then printed `output`. */
function shownAfter(...output: readonly string[]): string {
  jest.useFakeTimers();
  const shown: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((line) => shown.push(String(line)) > 0);
  const log = startBuildLog("registry.example:5000/webgate:abc", []);
  log.enter("Step 2/3 : RUN make\n");
  for (const text of output) log.add(text);
  jest.advanceTimersByTime(10_000);
  log.end();
  jest.restoreAllMocks();
  jest.useRealTimers();
  return shown.at(-1) ?? "";
}

test.each([
  ["its step alone", ["Step 2/3 : RUN make\n"], "image webgate: Step 2/3 : RUN make\n"],
  ["the newest line of it", ["cc a.c\ncc b.c\n"], "image webgate: Step 2/3 : RUN make · cc b.c\n"],
  [
    "none of the builder's own ids",
    ["cc a.c\n", " ---> Running in d911d4ed5c5f\n", "Removing intermediate container d911d4\n"],
    "image webgate: Step 2/3 : RUN make · cc a.c\n",
  ],
])("a build shows %s", (_what, output, expected) => {
  expect(shownAfter(...output)).toBe(`hive: ${expected}`);
});
