import * as pulumi from "@pulumi/pulumi";
import { planAwsFleet } from "../../../../fleet/aws/plan";
import { providerArgs } from "../../../../fleet/aws/provider-args";
import { planAws } from "./aws-plans";

test.each([
  ["http://127.0.0.1:5000/random-key", true],
  ["http://127.0.0.1:5000", false],
  ["https://sts.example/", false],
])("whether the endpoint %s is a secret: its path may be a key", async (url, isSecret) => {
  const { endpoints } = providerArgs(
    planAwsFleet(planAws({ options: { endpoints: { sts: url } } })),
  );
  expect(await pulumi.isSecret(pulumi.output(endpoints))).toBe(isSecret);
});
