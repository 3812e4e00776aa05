import { destroy } from "../../../cli/commands/destroy";
import { openStack } from "../../../cli/pulumi/open-stack";
import { protectedThings } from "../../../cli/pulumi/protection";
import { readState } from "../../../cli/pulumi/state";

jest.mock("../../../cli/pulumi/open-stack");

const resource = (type: string, name: string, tags: object | undefined, protect = true) => ({
  urn: `urn:pulumi:production::hive::hive:phase:BuildInfra$${type}::${name}`,
  type,
  protect,
  inputs: tags === undefined ? {} : { tags },
});
const instance = "aws:ec2/instance:Instance";
const named = (Name: string, more: object = {}) => ({ Name, ...more });
const state = (...resources: object[]) => readState(JSON.stringify({ deployment: { resources } }));
const protectedState = state(
  resource("aws:ec2/eip:Eip", "fleet-hive0-ip", named("hive0.hive.example")),
  resource(instance, "fleet-hive0", named("hive0.hive.example")),
  resource(
    "aws:ebs/volume:Volume",
    "fleet-hive0-data",
    named("hive0.hive.example data", { "hive:volume": "data" }),
  ),
  resource(instance, "fleet-hive1", named("hive1.hive.example"), false),
  resource("random:index:Other", "something", undefined),
);

test("what is protected is told in hive's words", () => {
  expect(protectedThings(protectedState.resources)).toEqual([
    "servers: hive0",
    "disks: data of hive0",
    "addresses: hive0",
    "others: something",
  ]);
  expect(protectedThings(state(resource(instance, "a", undefined, false)).resources)).toEqual([]);
});

test("destroy of a protected stage is refused before it touches or asks anything", async () => {
  // Any other call on the stack would be one of something undefined.
  jest.mocked(openStack).mockResolvedValue({
    exists: () => Promise.resolve(true),
    state: () => Promise.resolve(protectedState),
  } as unknown as Awaited<ReturnType<typeof openStack>>);
  const refusal = await destroy({ stack: "production", yes: true, force: false }).catch(String);
  expect(refusal).toContain("The stage production is protected:\n  servers: hive0\n");
  expect(refusal).toContain("Nothing was changed.");
  expect(refusal).toContain("npx hive pulumi -- state unprotect --all --yes --stack production\n");
  expect(refusal).toContain("protect: false");
});
