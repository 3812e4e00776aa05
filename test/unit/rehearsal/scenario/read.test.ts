import { InventoryError } from "../../../../model/problem/problems";
import { readScenario } from "../../../../rehearsal/scenario/read";

const head = "name: monday\ndescription: A Monday.\n";
const steps = "steps:\n  - heal: all\n";

/** Everything that a report of problems says of a file; empty: it is right. */
function problemsOf(text: string) {
  try {
    readScenario(text, "monday.yaml");
    return [];
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    return error.problems;
  }
}

describe("a scenario file", () => {
  test("has defaults for what it leaves out", () => {
    expect(readScenario(`${head}${steps}`, "monday.yaml")).toEqual({
      name: "monday",
      description: "A Monday.",
      watch: { every: "1s" },
      steps: [{ heal: "all" }],
      expect: { lost: [] },
    });
  });

  test("may say everything", () => {
    const text = `${head}watch: { services: [portal], every: 500ms }
steps:
  - kill-zone: worst
  - stop-server: hive1
  - heal: all
  - run: " up --yes "
    within: 10m
    exit-codes: [0, 1]
  - fault: { call: "ec2:*", code: Busy, times: 2 }
  - wait-until: all services run
    within: 5m
  - wait: 10s
expect: { maximumOutage: 0s, lost: [ldap] }
`;
    expect(readScenario(text, "monday.yaml")).toMatchObject({
      watch: { services: ["portal"], every: "500ms" },
      steps: [
        { "kill-zone": "worst" },
        { "stop-server": "hive1" },
        { heal: "all" },
        // A space at an end would be an empty word of the command.
        { run: "up --yes", within: "10m", "exit-codes": [0, 1] },
        {
          fault: {
            ...{ call: "ec2:*", code: "Busy", times: 2, status: 503 },
            message: "The rehearsal's scenario says so.",
          },
        },
        { "wait-until": "all services run" },
        { wait: "10s" },
      ],
      expect: { maximumOutage: "0s", lost: ["ldap"] },
    });
  });
});

describe("what is wrong in a scenario file is told with its place, its value and a remedy", () => {
  test.each([
    ["an empty file", "", "monday.yaml", "null", "must be a map", "write a map with the keys name"],
    ["no YAML", "x: [", "monday.yaml: line 1, column 5", undefined, "is not YAML", "rehearsal/"],
    ["an alias of nothing", "a: *x", "monday.yaml", undefined, "Unresolved alias", "rehearsal/"],
    ["a key twice", "a: 1\na: 2", "monday.yaml: line 2, column 1", undefined, "unique", "write it"],
    ["two documents", `${head}---\na: 1`, "monday.yaml: line 3", undefined, "multiple", "write it"],
    [
      "a name with spaces",
      `name: On Monday\ndescription: x\n${steps}`,
      ...["monday.yaml: name", '"On Monday"', "is no name of a scenario", "1 to 40 small letters"],
    ],
    [
      "no description",
      `name: x\n${steps}`,
      ...["monday.yaml: description", undefined, "is missing", "write text"],
    ],
    ["no steps", head, "monday.yaml: steps", undefined, "is missing", "write a list"],
    ["a list of no steps", `${head}steps: []`, "monday.yaml: steps", "[]", "empty", "write a list"],
    [
      "an unknown key",
      `${head}${steps}on: monday\n`,
      ...["monday.yaml: on", undefined, "there is no such key", "the keys here are name"],
    ],
    [
      "an interval of zero",
      `${head}${steps}watch: { every: 0s }`,
      ...["monday.yaml: watch.every", '"0s"', "above zero", 'e.g. "10s"'],
    ],
    [
      "a list of no services",
      `${head}${steps}watch: { services: [] }`,
      ...["monday.yaml: watch.services", "[]", "must not be empty", "each item a name"],
    ],
    [
      "a length in words",
      `${head}${steps}expect: { maximumOutage: 1 minute }`,
      ...["monday.yaml: expect.maximumOutage", '"1 minute"', "length of time", 'e.g. "10s"'],
    ],
    [
      "a name in the place of a list",
      `${head}${steps}expect: { lost: ldap }`,
      ...["monday.yaml: expect.lost", '"ldap"', "must be a list", "each item a name"],
    ],
  ])("%s", (_words, text, path, value, message, remedy) => {
    const [problem, ...others] = problemsOf(text);
    expect(others).toEqual([]);
    expect(problem?.path).toContain(path);
    expect(problem?.value).toBe(value);
    expect(problem?.message).toContain(message);
    expect(problem?.remedy).toContain(remedy);
  });

  test.each([
    ["a step that does nothing", "{}", "", "{}", "says nothing to do", "write one of kill-zone"],
    [
      "a step that does two things",
      "{ wait: 10s, heal: all }",
      ...["", '{"wait":"10s","heal":"all"}', "does several things: heal, wait", "steps of their"],
    ],
    ["a word alone", "5s", "", '"5s"', "must be a step", "a map with one of kill-zone"],
    ["a mistyped key", "{ kill_zone: a }", ".kill_zone", undefined, "no such key", "`kill-zone`"],
    ["a zone without a name", "{ kill-zone: '' }", ".kill-zone", '""', "empty", "or worst"],
    ["a number for a zone", "{ kill-zone: 3 }", ".kill-zone", "3", "must be text", "or worst"],
    ["a part to heal", "{ heal: hive2 }", ".heal", '"hive2"', 'must be "all"', 'write "all"'],
    ["options alone", "{ run: --yes }", ".run", '"--yes"', "no command of hive", "without npx"],
    ["a number to wait", "{ wait: 10 }", ".wait", "10", "is not a length", 'e.g. "10s"'],
    ["no time to wait", "{ wait: 0s }", ".wait", '"0s"', "above zero", 'e.g. "10s"'],
    [
      "another condition",
      "{ wait-until: all is well }",
      ...[".wait-until", '"all is well"', "must be one of", "all movable services run"],
    ],
    [
      "a limit where nothing is waited for",
      "{ wait: 5s, within: 3s }",
      ...["", '{"wait":"5s","within":"3s"}', "has a limit, within", "remove within"],
    ],
    [
      "a limit of zero",
      "{ run: status, within: 0s }",
      ...[".within", '"0s"', "above zero", 'e.g. "10s"'],
    ],
    [
      "exit codes of no command",
      "{ heal: all, exit-codes: [1] }",
      ...["", '{"heal":"all","exit-codes":[1]}', "runs no command", "remove exit-codes"],
    ],
    [
      "no exit code",
      "{ run: status, exit-codes: [] }",
      ...[".exit-codes", "[]", "must not be empty", "from 0 to 255"],
    ],
    [
      "an impossible exit code",
      "{ run: status, exit-codes: [256] }",
      ...[".exit-codes[0]", "256", "must be a whole number from 0 to 255", "from 0 to 255"],
    ],
    [
      "a call without its service",
      "{ fault: { call: RunInstances, code: Busy, times: 1 } }",
      ...[".fault.call", '"RunInstances"', "is no call of AWS", "e.g. ec2:RunInstances"],
    ],
    [
      "an error without a code",
      "{ fault: { call: 'ec2:*', times: 1 } }",
      ...[".fault.code", undefined, "is missing", "e.g. RequestLimitExceeded"],
    ],
    [
      "an error for ever",
      "{ fault: { call: 'ec2:*', code: Busy } }",
      ...[".fault.times", undefined, "is missing", "from 1 to 1000"],
    ],
    [
      "an error that is a success",
      "{ fault: { call: 'ec2:*', code: Busy, times: 1, status: 200 } }",
      ...[".fault.status", "200", "from 400 to 599", "from 400 to 599"],
    ],
  ])("%s", (_words, step, key, value, message, remedy) => {
    const [problem, ...others] = problemsOf(`${head}steps:\n  - ${step}\n`);
    expect(others).toEqual([]);
    expect(problem?.path).toBe(`monday.yaml: steps[0]${key}`);
    expect(problem?.value).toBe(value);
    expect(problem?.message).toContain(message);
    expect(problem?.remedy).toContain(remedy);
  });

  test("all at once", () => {
    expect(problemsOf("name: A\nsteps: [{ wait: 1 }, {}]").map(({ path }) => path)).toEqual([
      "monday.yaml: name",
      "monday.yaml: description",
      "monday.yaml: steps[0].wait",
      "monday.yaml: steps[1]",
    ]);
  });
});
