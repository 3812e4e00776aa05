import {
  isHalfReplaced,
  reasonsNotToReplace,
  replacementText,
  serverResource,
} from "../../../cli/hosts/replacement";
import { readResource } from "../../../cli/pulumi/state";
import type { SwarmFacts } from "../../../cli/swarm/facts";
import type { EngineNode } from "../../../model/engine-api/node";
import type { EngineTask } from "../../../model/engine-api/task";
import { image, planAws, siteWithData } from "../fleet/aws/aws-plans";

const instance = "aws:ec2/instance:Instance";
const resource = (type: string, name: string, more: object = {}) =>
  readResource({ urn: `urn:pulumi:staging::hive::${type}::${name}`, type, ...more });
const servers = [
  resource(instance, "fleet-hive1", { id: "i-old", delete: true }),
  resource(instance, "fleet-hive11", { id: "i-11" }),
  resource(instance, "fleet-hive1", { id: "i-1" }),
  resource("aws:ebs/volume:Volume", "fleet-data-hive1", { id: "vol-1" }),
];

test("the server of a name is found, and not one that is about to be deleted", () => {
  expect(serverResource(servers, { logicalName: "hive1" }, instance)?.id).toBe("i-1");
  expect(serverResource(servers, { logicalName: "hive2" }, instance)).toBeUndefined();
});

test.each([
  ["it is set up", { id: "i-1" }, "i-1", false],
  ["the new server is not set up", { id: "i-2" }, "i-1", true],
  ["the old server is gone", undefined, "i-1", true],
])("whether a replacement is to be finished when %s", (_, server, incarnation, isHalf) => {
  const engine = resource("pulumi-nodejs:dynamic/hive:HostStep", "setup-hive1-engine", {
    inputs: { incarnation },
  });
  expect(isHalfReplaced(server, [...servers, engine])).toBe(isHalf);
});

const plan = planAws({
  site: {
    ...siteWithData,
    volumes: { ...siteWithData.volumes, cache: { local: {} } },
    services: {
      ...siteWithData.services,
      app: {
        image,
        volumes: [{ source: "cache", target: "/cache" }],
        placement: { constraints: ["node.hostname==s-hive0.hive.example"] },
      },
    },
  },
});
const [host0, host1] = plan.hosts;
const repository = plan.hosts.find(({ role }) => role === "repository");
const node = (name = "", state: EngineNode["Status"]["State"] = "ready"): EngineNode => ({
  ID: name,
  Description: { Hostname: name },
  Status: { State: state },
  Spec: { Role: "manager", Availability: "active" },
  ManagerStatus: { Reachability: state === "ready" ? "reachable" : "unreachable" },
});
const nodes = plan.hosts.filter(({ role }) => role === "cluster").map(({ name }) => node(name));
const task = (service: string, on = ""): EngineTask => ({
  ID: `${service}-${on}`,
  ServiceID: service,
  NodeID: on,
  Status: { State: "running" },
  DesiredState: "running",
});
const facts = (tasks: readonly EngineTask[], members = nodes): SwarmFacts => ({
  nodes: members,
  services: ["app", "portal"].map((name) => ({ ID: name, Spec: { Name: name } })) as never,
  tasks,
  configs: [],
});
const spread = facts([task("portal", host0?.name), task("portal", host1?.name)]);

test("a server is replaced at once only if each of its services has a task elsewhere, and all other servers are well", () => {
  const name = host1?.name ?? "";
  expect(reasonsNotToReplace(spread, name)).toEqual([]);
  expect(reasonsNotToReplace(facts([task("app", name)]), name)).toEqual([
    "app has its only task on s-hive1: away until another server has started it, or until this one is back",
  ]);
  const lame = nodes.map((each) => (each.ID === host0?.name ? node(each.ID, "down") : each));
  expect(reasonsNotToReplace(facts([], lame), name)).toEqual([
    expect.stringMatching(/^s-hive0\S* is unreachable/),
  ]);
});

test("what is lost is said before: local volumes of services that may run there, but no disk", () => {
  expect(host0 && replacementText(plan, host0, spread)).toBe(
    [
      "s-hive0 is replaced by a new server.",
      "  moves away first: portal",
      "  kept: its name, its addresses, its SSH host key, the disks of replicated volumes",
      "  LOST: its root disk: what was changed on it by hand, its logs; THE DATA of its local volumes cache",
    ].join("\n"),
  );
  // The service is bound to another server.
  expect(host1 && replacementText(plan, host1, spread)).not.toContain("cache");
  expect(repository && replacementText(plan, repository, spread)).toContain("THE IMAGES");
});
