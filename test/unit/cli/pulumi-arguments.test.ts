import { pulumiArguments, stageOfArguments } from "../../../cli/pulumi/pulumi-arguments";

const stage = { name: "private", configFile: "/home/.hive/private/Pulumi.private.yaml" };
const file = ["--config-file", stage.configFile];

describe("a command line for the engine", () => {
  it.each([
    [
      ["preview", "--diff"],
      ["--stack", "private", ...file],
    ],
    [
      ["refresh", "--yes"],
      ["--stack", "private", ...file],
    ],
    [
      ["config", "get", "hive:cidr"],
      ["--stack", "private", ...file],
    ],
    [
      ["stack", "export"],
      ["--stack", "private"],
    ],
    [["stack", "ls"], []],
    [["stack", "init", "staging"], []],
    [
      ["cancel", "--yes"],
      ["--stack", "private"],
    ],
    [["up", "--stack=staging"], file],
    [["up", "-s", "staging", "--config-file", "mine.yaml"], []],
    [["version"], []],
    [["--help"], []],
  ])("%j is completed with %j", (args, added) => {
    expect(pulumiArguments(args, stage)).toEqual([...args, ...added]);
  });
});

test.each([
  [["config", "set", "--stack", "staging", "--secret", "k"], "staging"],
  [["up", "--stack=production"], "production"],
  [["up", "-s", "team/hive/staging"], "staging"],
  [["up", "--yes"], undefined],
  [["up", "--stack", "other"], undefined],
  [["up", "--stack"], undefined],
])("the stage that %j names is %s", (args, named) => {
  expect(stageOfArguments(args)).toBe(named);
});
