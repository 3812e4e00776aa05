import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missingFrom, type Policy, unusedIn } from "../../../rehearsal/least-policy";
import { parse } from "yaml";
import { regionOf } from "../../../fleet/aws/region";

const project = join(__dirname, "..", "..", "..");
const published = JSON.parse(
  readFileSync(join(project, "docs", "aws-policy.json"), "utf8"),
) as Policy;

const policyOf = (...actions: readonly string[]): Policy => ({
  Version: "2012-10-17",
  Statement: [{ Sid: "All", Effect: "Allow", Action: actions, Resource: "*" }],
});

test.each([
  ["names it", ["ec2:RunInstances"], ["ec2:RunInstances"], [], []],
  [
    "is silent about it",
    ["ec2:CreateVpc"],
    ["ec2:RunInstances"],
    ["ec2:RunInstances"],
    ["ec2:CreateVpc"],
  ],
  [
    "names it for another service",
    ["ec2:GetRole"],
    ["iam:GetRole"],
    ["iam:GetRole"],
    ["ec2:GetRole"],
  ],
  ["need not name it", [], ["sts:GetCallerIdentity"], [], []],
])("a call of which a policy %s", (_words, actions, calls, missing, unused) => {
  expect(missingFrom(policyOf(...actions), calls)).toEqual(missing);
  expect(unusedIn(policyOf(...actions), calls)).toEqual(unused);
});

test("each missing call is named once, in order", () => {
  expect(missingFrom(policyOf(), ["ec2:B", "ec2:A", "ec2:B"])).toEqual(["ec2:A", "ec2:B"]);
});

describe("the published policy", () => {
  it("fits into one managed policy", () => {
    // AWS counts no whitespace: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(JSON.stringify(published).length).toBeLessThanOrEqual(6144);
  });

  it("allows nothing outside of the region of the stages, but the role of servers", () => {
    const { config } = parse(readFileSync(join(project, "Pulumi.staging.yaml"), "utf8")) as {
      config: { "hive:zones": string[] };
    };
    const region = String(regionOf(config["hive:zones"]));
    for (const { Resource, Condition, Action } of published.Statement) {
      if (Action.every((action) => action.startsWith("iam:"))) {
        for (const each of [Resource].flat())
          expect(each).toMatch(
            /^arn:aws:iam::\*:(role\/fleet-role|instance-profile\/fleet-profile)-\*$/,
          );
      } else expect(JSON.stringify([Resource, Condition])).toContain(region);
    }
  });

  it("deletes and stops only what carries the tag of hive", () => {
    const allowed = published.Statement.filter(({ Action }) =>
      Action.some((action) => /^ec2:(Delete(?!Tags|Route$)|Terminate|Stop|Release)/.test(action)),
    );
    expect(allowed.map(({ Sid }) => Sid)).toEqual(["StopAndDeleteWhatHiveMade"]);
    expect(allowed[0]?.Condition).toHaveProperty(["Null", "aws:ResourceTag/hive:site"], "false");
  });

  it("lets a role be given to servers only", () => {
    const [passing] = published.Statement.filter(({ Action }) => Action.includes("iam:PassRole"));
    expect(passing?.Action).toEqual(["iam:PassRole"]);
    expect(passing?.Condition).toEqual({
      StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" },
    });
  });

  it("names actions without a wildcard", () => {
    for (const { Action } of published.Statement)
      for (const action of Action) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
  });
});
