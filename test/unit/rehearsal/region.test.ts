import type { AwsOptions } from "../../../fleet/aws/options";
import type { HostPlan } from "../../../model/plan";
import { rehearsedRegion } from "../../../rehearsal/region";

test.each([
  ["that the stage names", "eu-central-1", "ap-northeast-1a", "eu-central-1"],
  ["of the zones", undefined, "ap-northeast-1a", "ap-northeast-1"],
  ["of no zone of AWS", undefined, "zone-a", undefined],
])("a rehearsal stands for the region %s", (_, region, zone, expected) => {
  const plan = {
    aws: { ...(region === undefined ? {} : { region }) } as AwsOptions,
    hosts: [{ zone } as HostPlan],
  };
  expect(rehearsedRegion(plan)).toBe(expected);
});
