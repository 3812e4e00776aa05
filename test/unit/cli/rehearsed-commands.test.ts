import { writeLine } from "../../../cli/harmless";
import { rehearsedCommands } from "../../../cli/rehearsed-commands";

test.each([
  ["  look      npx hive status --stack staging", "  look      npx hive rehearse staging status"],
  ["`npx hive up` goes on", "`npx hive rehearse staging up` goes on"],
  [
    "`npx hive up --stack staging --refresh` repairs it",
    "`npx hive rehearse staging up --refresh` repairs it",
  ],
  [
    "npx hive ssh --stack staging hive0 -- docker node ls",
    "npx hive rehearse staging ssh hive0 -- docker node ls",
  ],
  [
    "`npx hive drain hive1 -s staging`, then `npx hive undrain hive1`.",
    "`npx hive rehearse staging drain hive1`, then `npx hive rehearse staging undrain hive1`.",
  ],
  [
    "first npx hive drain, then npx hive up --stack staging",
    "first npx hive rehearse staging drain, then npx hive rehearse staging up",
  ],
  [
    "ask AWS for more: aws service-quotas request-service-quota-increase --region eu-west-1 --service-code ec2 --quota-code L-0263D0A3 --desired-value 6",
    "ask AWS for more: npx hive rehearse staging --raise-quota ec2/L-0263D0A3=6",
  ],
])("in a rehearsal, %j is %j", (text, said) => {
  expect(rehearsedCommands(text, "staging")).toBe(said);
});

test.each([
  "npx hive rehearse --clean staging",
  "npx hive pulumi -- config set --stack staging --secret --path 'hive:secrets[\"NAME\"]'",
  "`npx hive unpin portal --stack staging`",
  "`npx hive promote portal --from private --stack production`",
  "`npx hive <command>`",
  "nothing of hive",
])("%j is for the stage itself, or for another one", (text) => {
  expect(rehearsedCommands(text, "staging")).toBe(text);
});

test("everything that hive prints goes this way, in a rehearsal only", () => {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text) };
  writeLine(stream, "`npx hive status --stack staging`");
  process.env["HIVE_REHEARSAL"] = "staging";
  try {
    writeLine(stream, "`npx hive status --stack staging`");
  } finally {
    delete process.env["HIVE_REHEARSAL"];
  }
  expect(lines).toEqual([
    "`npx hive status --stack staging`\n",
    "`npx hive rehearse staging status`\n",
  ]);
});
