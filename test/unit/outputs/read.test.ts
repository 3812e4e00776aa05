import * as pulumi from "@pulumi/pulumi";
import { checkOutputs, HiveOutputsError, readHive, serviceOf } from "../../../outputs";

const portal = {
  image: "r/portal@sha256:1",
  digest: "sha256:1",
  endpoints: [],
  movingEndpoints: [],
};
const values = {
  outputsVersion: "1.0",
  stage: "production",
  site: "example.org",
  phases: ["build-infra"],
  hosts: [
    {
      ...{ name: "hive0.example.org", role: "cluster", zone: "a", missing: [] },
      ...{ privateAddress: "10.0.0.4", publicAddress: "198.51.100.4" },
    },
  ],
  services: { portal },
  images: {},
  registry: {},
  operators: [],
  access: [],
};

const fault = (given: Record<string, unknown>): string => {
  try {
    checkOutputs("organization/hive/production", given);
  } catch (error) {
    if (error instanceof HiveOutputsError) return error.message;
    throw error;
  }
  return "";
};

test("outputs of this version are read as they are", () => {
  expect(checkOutputs("s", values)).toEqual(values);
});

test("a minor version that is newer is read too; what it adds is left out", () => {
  const newer = { ...values, outputsVersion: "1.7", zone: "hive.example.org" };
  expect(checkOutputs("s", newer)).toEqual({ ...values, outputsVersion: "1.7" });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  [
    "a stack that is not up",
    {},
    /^The stack organization\/hive\/production has no outputs: it is not up\. .*hive up/,
  ],
  [
    "a newer major version",
    { ...values, outputsVersion: "2.0", hosts: "elsewhere" },
    /has outputs of version 2\.0; this @hive\/outputs reads 1\.x\. Install @hive\/outputs@2/,
  ],
  ["a missing output", { ...values, hosts: undefined }, /^ {2}hosts: missing$/m],
  ["a missing field", { ...values, hosts: [{ name: "x" }] }, /^ {2}hosts\.0\.role: /m],
  ["a wrong type", { ...values, site: 7 }, /^ {2}site: .*expected string/m],
  ["the stack of another program", { bucket: "b" }, /^ {2}outputsVersion: missing$/m],
])("%s is told, with what to do", (_what, given, message) => {
  expect(fault(given)).toMatch(message);
  expect(fault(given)).toMatch(/hive up|Install/);
});

test("a service that is not there is told with those that are", () => {
  const read = checkOutputs("s", values);
  expect(serviceOf(read, "portal")).toEqual(portal);
  expect(() => serviceOf(read, "toString")).toThrow(
    'The site example.org runs no service "toString". It runs: portal.',
  );
});

test("a stack reference is read when its outputs are known", async () => {
  const read = (given: Record<string, unknown>) =>
    new Promise((resolve) => {
      const reference = { name: pulumi.output("s"), outputs: pulumi.output(given) };
      readHive(reference as unknown as pulumi.StackReference).apply(resolve);
    });
  await expect(read(values)).resolves.toEqual(values);
});
