import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "../../../cli/command-line/program";
import { planSite } from "../../../model/plan-site";
import { parseStageYaml } from "../../../model/stage/yaml";
import { site } from "../../../site/site";
import { examplesIn, helpExamples, pageExamples, pipelineExamples } from "../../command-examples";

/** What the command line says about arguments, without running the command. */
async function problemOf(args: readonly string[]): Promise<string> {
  const program = commandLine(() => Promise.resolve());
  let problem = "";
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      writeOut: () => undefined,
      writeErr: (text) => void (problem += text),
    });
    if (command !== program) command.action(() => undefined);
  }
  try {
    await program.parseAsync(["node", "hive", ...args]);
  } catch (error) {
    if (problem === "") problem = String(error);
  }
  return problem;
}

const inHelp = helpExamples();
const inPages = pageExamples();
const inPipelines = pipelineExamples();
/** Each command line once, with the place where it is written first. */
const all = [
  ...new Map(
    [...inPages, ...inHelp, ...inPipelines].map(({ where, args }) => [
      args.join(" "),
      [args, where] as const,
    ]),
  ).values(),
];

test("help, pages and pipelines have examples", () => {
  expect(inHelp.length).toBeGreaterThan(50);
  expect(inPages.length).toBeGreaterThan(60);
  expect(inPipelines.length).toBeGreaterThan(14);
});

test.each(all)("hive %j (%s) is a command line that hive accepts", async (args) => {
  expect(await problemOf(args)).toBe("");
});

test("help names services of the stage, the gate among them", () => {
  const withService = ["deploy", "rollback", "unpin", "logs", "exec", "shell", "promote"];
  const named = inHelp.flatMap(({ args: [command = "", ...args] }) =>
    command === "cp"
      ? args.flatMap((side) => /^([a-z0-9-]+):/.exec(side)?.[1] ?? [])
      : withService.includes(command)
        ? (args[0] ?? [])
        : [],
  );
  const yaml = readFileSync(join(__dirname, "../../..", "Pulumi.private.yaml"), "utf8");
  const { services } = planSite({ stage: parseStageYaml("private", yaml), site });
  expect([...new Set(named)].sort()).toEqual(["gate", "ldap", "portal", "am"].sort());
  expect(services.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
});

test.each([
  ["npx hive status", [["status"], false]],
  ["  npx hive up --refresh     also repair", [["up", "--refresh"], false]],
  ["$ npx hive plan --json | jq .x", [["plan", "--json"], false]],
  ["npx hive exec a -- sh -c 'x | y' > f", [["exec", "a", "--", "sh", "-c", "x | y"], false]],
  ["npx hive exec a -- b < c.ldif", [["exec", "a", "--", "b"], true]],
  ["tar -c x | npx hive cp - a:/tmp", [["cp", "-", "a:/tmp"], true]],
  ["npx hive up --stack <stage>   # comment", [["up", "--stack", "<stage>"], false]],
  [`eval "$(npx hive completion bash)"`, [["completion", "bash"], false]],
])("what an example is in %j", (line, [args, hasInput]) => {
  expect(examplesIn("page", line)).toEqual([{ where: "page", args, hasInput }]);
});

test.each([
  [["stats"], /unknown command/],
  [["up", "--fresh"], /unknown option/],
  [["ssh"], /missing required argument/],
  [["status", "portal"], /too many arguments/],
])("the check finds what is wrong in %j", async (args, problem) => {
  expect(await problemOf(args)).toMatch(problem);
});
