import { replace } from "../../../cli/commands/replace";
import { up } from "../../../cli/commands/up";
import { loadPlan } from "../../../cli/plan";
import { openStack } from "../../../cli/pulumi/open-stack";
import { readResource } from "../../../cli/pulumi/state";
import { planAws } from "../fleet/aws/aws-plans";

jest.mock("../../../cli/commands/up");
jest.mock("../../../cli/plan");
jest.mock("../../../cli/pulumi/open-stack");
jest.mock("../../../cli/hosts/stage-key");

const resource = (type: string, name: string, more: object = {}) =>
  readResource({ urn: `urn:pulumi:staging::hive::${type}::${name}`, type, ...more });
const server = (id: string, more: object = {}) =>
  resource("aws:ec2/instance:Instance", "fleet-hive1", { id, ...more });
const setUp = (incarnation: string) =>
  resource("pulumi-nodejs:dynamic/hive:HostStep", "setup-hive1-engine", {
    inputs: { incarnation },
  });
const others = [
  resource("aws:ec2/instance:Instance", "fleet-hive11", { id: "i-11" }),
  resource("pulumi-nodejs:dynamic/hive:HostStep", "setup-hive11-engine", {
    inputs: { incarnation: "i-11" },
  }),
];

let printed: string;

function stage(...resources: readonly ReturnType<typeof resource>[]): void {
  jest.mocked(loadPlan).mockReturnValue(planAws());
  jest.mocked(openStack).mockResolvedValue({
    outputs: () =>
      Promise.resolve({ stage: "staging", site: "hive.example", hosts: [], access: [] }),
    state: () => Promise.resolve({ resources: [...others, ...resources] }),
  } as never);
  jest.mocked(up).mockResolvedValue(0);
}

beforeEach(() => {
  jest.resetAllMocks();
  printed = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

const options = { stack: "staging", host: "hive1", yes: false, force: false };

test.each([false, true])("a server that no run has made is not made (--yes: %s)", async (yes) => {
  stage();
  await expect(replace({ ...options, yes })).rejects.toMatchObject({
    message:
      "s-hive1 does not exist yet: `npx hive up --stack staging` makes it. Nothing was changed.",
    exitCode: 2,
  });
  expect(up).not.toHaveBeenCalled();
});

describe.each([
  ["the old server is gone", [setUp("i-1")]],
  ["only the old one is there, to be deleted", [server("i-1", { delete: true })]],
  ["the new one is not set up", [server("i-2"), setUp("i-1")]],
])("where %s", (_, resources) => {
  test.each([false, true])("the run goes on, and asks unless --yes (%s)", async (yes) => {
    stage(...resources);
    expect(await replace({ ...options, yes })).toBe(0);
    expect(printed).toContain("A run was interrupted before s-hive1 was set up");
    expect(jest.mocked(up).mock.calls.map(([asked]) => asked)).toEqual([
      { stack: "staging", refresh: false, yes, engineArguments: [] },
    ]);
  });
});
