import { firewallRules, renderFirewall } from "../../../render/firewall";
import { hostOf, samplePlan } from "./sample-plan";

const plan = samplePlan();

describe("who may reach what", () => {
  test("a cluster host opens what its services publish, and the Swarm to its members only", () => {
    expect(firewallRules(plan, hostOf(plan, 1))).toEqual({
      sshPort: 22,
      managementSources: [],
      swarmAddresses: ["172.29.16.4", "172.29.16.5", "172.29.16.6"],
      siteAddresses: ["172.29.16.4", "172.29.16.5", "172.29.16.6", "172.29.16.7"],
      publicPorts: [{ port: 80, protocol: "tcp" }],
      restrictedPorts: [],
    });
  });

  test("the repository server opens nothing to the world, and the registry to the stage's network", () => {
    expect(firewallRules(plan, hostOf(plan, 3))).toMatchObject({
      swarmAddresses: [],
      publicPorts: [],
      restrictedPorts: [{ port: 5000, protocol: "tcp", sources: ["172.29.16.0/24"] }],
    });
  });
});

describe("the ruleset", () => {
  test.each([
    ["a cluster host", 0],
    ["the repository server", 3],
  ])("of %s", (_, index) => {
    expect(renderFirewall(firewallRules(plan, hostOf(plan, index)))).toMatchSnapshot();
  });

  test("replaces its own table only, and never empties another one", () => {
    const text = renderFirewall(firewallRules(plan, hostOf(plan, 0)));
    expect(text).not.toContain("flush");
    expect(text.match(/^delete .*/gm)).toEqual(["delete table inet hive"]);
  });

  test("limits SSH to the management sources where there are some", () => {
    const rules = {
      ...firewallRules(plan, hostOf(plan, 0)),
      managementSources: ["198.51.100.0/24"],
    };
    const text = renderFirewall(rules);
    expect(text).toContain(
      "set management { type ipv4_addr; flags interval; elements = { 198.51.100.0/24 }; }",
    );
    expect(text).toContain('tcp dport 22 ip saddr @management accept comment "SSH"');
  });
});
