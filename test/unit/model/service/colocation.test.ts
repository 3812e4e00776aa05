import {
  colocationConstraint,
  groupOf,
  isColocationLabel,
  leaderOf,
  partnersOf,
} from "../../../../model/service/colocation";
import type { Service } from "../../../../model/inventory";
import { planService } from "../../../../model/planning/plan-service";
import { toEngineSpec } from "../../../../model/service/to-engine";
import { image } from "../problems-of";
import { serviceSpec } from "../service-specs";

const planned = (service: Partial<Service>) =>
  planService("helper", { image, ...service }, { hosts: {}, replicatedVolumes: new Set() });

test("a service that runs with another one is bound to that one's server, and comes after it", () => {
  const plan = planned({ placement: { with: "app" }, dependsOn: ["ldap"] });
  expect(plan.placement.constraints).toEqual(["node.labels.hive.with.app==true"]);
  expect(plan.dependsOn).toEqual(["app", "ldap"]);
});

test("it stops before it starts, and starts again at once, unless the site says else", () => {
  const plan = planned({ placement: { with: "app" } });
  expect([plan.update.order, plan.restart.delaySeconds]).toEqual(["stop-first", 0]);
  const alone = planned({});
  expect([alone.update.order, alone.restart.delaySeconds]).toEqual(["start-first", 1]);
  const slow = planned({ placement: { with: "app" }, restart: { delay: "3s" } });
  expect(slow.restart.delaySeconds).toBe(3);
});

test("the group of a service is read from what an engine lists", () => {
  const spec = toEngineSpec(
    serviceSpec({
      name: "helper",
      placement: { constraints: [colocationConstraint("app")], spread: [], maxReplicasPerHost: 0 },
    }),
  );
  expect(groupOf(spec)).toBe("app");
  expect(groupOf({ Name: "app", TaskTemplate: { Placement: { Constraints: null } } })).toBe("app");
  expect(groupOf({ Name: "app" })).toBe("app");
});

test.each([
  ["node.labels.hive.with.app==true", "app"],
  [" node.labels.hive.with.my-app == True ", "my-app"],
  ["node.labels.hive.with.app!=true", undefined],
  ["node.labels.hive.with.app==false", undefined],
  ["node.labels.hive.zone==zone-a", undefined],
])("%j follows %j", (constraint, leader) => {
  expect(leaderOf(["node.role==manager", constraint])).toBe(leader);
});

test("labels of groups are told from the other ones of hive", () => {
  expect(["hive.with.app", "hive.zone", "hive.without"].filter(isColocationLabel)).toEqual([
    "hive.with.app",
  ]);
});

test("those that run together are the leader and all that follow it; one by itself has no partners", () => {
  const placed = (name: string, constraints: readonly string[] = []) => ({
    name,
    placement: { constraints },
  });
  const leader = placed("guacamole");
  const follower = placed("guacd", [colocationConstraint("guacamole")]);
  const alone = placed("web", ["node.labels.hive.zone==zone-a"]);
  const all = [alone, follower, leader];
  expect(partnersOf(leader, all)).toEqual(["guacamole", "guacd"]);
  expect(partnersOf(follower, all)).toEqual(["guacamole", "guacd"]);
  expect(partnersOf(alone, all)).toBeUndefined();
});
