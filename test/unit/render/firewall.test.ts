import { cloudMetadataAddresses, firewallRules, renderFirewall } from "../../../render/firewall";
import { renderClosedFirewall, renderFirewallUnit } from "../../../render/firewall-unit";
import { hostOf, samplePlan } from "./sample-plan";

const plan = samplePlan();

describe("who may reach what", () => {
  test("a cluster host opens what its services publish, and the Swarm to its members only", () => {
    expect(firewallRules(plan, hostOf(plan, 1))).toEqual({
      sshPorts: [22],
      managementSources: [],
      swarmAddresses: ["172.29.16.4", "172.29.16.5", "172.29.16.6"],
      siteAddresses: ["172.29.16.4", "172.29.16.5", "172.29.16.6", "172.29.16.7"],
      publishingAddresses: ["172.29.16.4", "172.29.16.5", "172.29.16.6"],
      publishedPorts: [{ port: 80, protocol: "tcp" }],
      metadataAddresses: cloudMetadataAddresses,
      overlaySubnets: ["10.224.0.0/12"],
      publicPorts: [{ port: 80, protocol: "tcp" }],
      restrictedPorts: [],
    });
  });

  test("the repository server opens nothing to the world, and the registry to the stage's network", () => {
    expect(firewallRules(plan, hostOf(plan, 3))).toMatchObject({
      swarmAddresses: [],
      publicPorts: [],
      // Its containers, those of builds among them, reach what services publish all the same.
      publishedPorts: [{ port: 80, protocol: "tcp" }],
      publishingAddresses: ["172.29.16.4", "172.29.16.5", "172.29.16.6"],
      restrictedPorts: [{ port: 5000, protocol: "tcp", sources: ["172.29.16.0/24"] }],
    });
  });

  test("public addresses of hosts count like their private ones, on every host", () => {
    const publicAddresses = {
      "p-hive1.hive.example": ["198.51.100.7", "2001:db8::7"],
      "p-hive3.hive.example": ["198.51.100.9"],
    };
    for (const host of plan.hosts) {
      const rules = firewallRules(plan, host, { publicAddresses });
      expect(rules.siteAddresses).toEqual([
        ...["172.29.16.4", "172.29.16.5", "198.51.100.7", "2001:db8::7"],
        ...["172.29.16.6", "172.29.16.7", "198.51.100.9"],
      ]);
      expect(rules.publishingAddresses).toEqual([
        ...["172.29.16.4", "172.29.16.5", "198.51.100.7", "2001:db8::7", "172.29.16.6"],
      ]);
      const text = renderFirewall(rules);
      expect(text).toContain("set site6 { type ipv6_addr; elements = { 2001:db8::7 }; }");
      expect(text).toContain("set publishing6 { type ipv6_addr; elements = { 2001:db8::7 }; }");
    }
  });
});

describe("the ruleset", () => {
  test.each([
    ["a cluster host", 0],
    ["the repository server", 3],
  ])("of %s", (_, index) => {
    expect(renderFirewall(firewallRules(plan, hostOf(plan, index)))).toMatchSnapshot();
  });

  test("is the same on all cluster hosts, so that one can be mended from another", () => {
    expect(renderFirewall(firewallRules(plan, hostOf(plan, 2)))).toBe(
      renderFirewall(firewallRules(plan, hostOf(plan, 0))),
    );
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

  test("judges what containers send before it lets SSH, Swarm or established connections in", () => {
    const lines = chain(renderFirewall(firewallRules(plan, hostOf(plan, 0))), "input");
    const judged = lines.indexOf('iifname { "docker0", "docker_gwbridge" } goto from_containers');
    expect(judged).toBeGreaterThan(0);
    expect(lines[judged + 1]).toBe('iifname "br-*" goto from_containers');
    expect(
      lines.slice(0, judged).filter((line) => line.includes("accept") && !line.includes('"lo"')),
    ).toEqual(["ct direction reply ct state established,related accept"]);
  });

  test("judges what goes to hosts of the site before it lets containers out", () => {
    const lines = chain(renderFirewall(firewallRules(plan, hostOf(plan, 3))), "published");
    const judged = lines.indexOf("ip6 daddr @site6 goto to_hosts");
    expect(lines[judged - 1]).toBe("ip daddr @site goto to_hosts");
    expect(lines.slice(1, judged).filter((line) => line.includes("accept"))).toEqual([
      "ct direction reply ct state established,related accept",
    ]);
  });

  test("lets containers ask a cloud's metadata neither by IPv4 nor by IPv6", () => {
    const text = renderFirewall(firewallRules(plan, hostOf(plan, 0)));
    expect(text).toContain("set metadata { type ipv4_addr; elements = { 169.254.169.254 }; }");
    expect(text).toContain("set metadata6 { type ipv6_addr; elements = { fd00:ec2::254 }; }");
    expect(text).toMatch(/ip daddr 169\.254\.0\.0\/16 .* th dport != 53 counter drop/);
  });

  test("lets nothing for an overlay leave the host past it, whichever subnet the overlay has", () => {
    const network = {
      driverOptions: {},
      attachable: false,
      internal: false,
    };
    const rules = firewallRules(
      {
        ...plan,
        overlays: [
          { ...network, name: "any", swarmName: "any", driver: "overlay" },
          { ...network, name: "own", swarmName: "own", driver: "overlay", subnet: "10.96.0.0/24" },
          // This one is around the servers, and reached as everything there.
          { ...network, name: "lan", swarmName: "lan", driver: "macvlan", subnet: "10.97.0.0/24" },
        ],
      },
      hostOf(plan, 3),
    );
    const text = renderFirewall(rules);
    expect(text).toContain(
      "set overlays { type ipv4_addr; flags interval; elements = { 10.224.0.0/12, 10.96.0.0/24 }; }",
    );
    const lines = chain(text, "published");
    const judged = lines.findIndex((line) => line.startsWith("ip daddr @overlays"));
    expect(lines[judged]).toMatch(
      /oifname != \{ "docker0", "docker_gwbridge" \} oifname != "br-\*" counter drop/,
    );
    // Before containers are let out.
    expect(judged).toBeLessThan(lines.indexOf('iifname "br-*" accept'));
  });

  test.each(["to_hosts", "published_to_containers", "from_containers"])(
    "ends the chain %s with a drop, whatever the ports",
    (name) => {
      for (const ports of [[], [{ target: 1, published: 1, protocol: "sctp", mode: "host" }]]) {
        const empty = samplePlan("172.29.16", ports as never);
        const lines = chain(renderFirewall(firewallRules(empty, hostOf(empty, 0))), name);
        expect(lines.at(-1)).toMatch(/^counter drop comment/);
      }
    },
  );
});

describe("the rules of a host that cannot load its own", () => {
  test.each([
    ["from everywhere", [], 'tcp dport 22 accept comment "SSH"'],
    [
      "from where it is allowed otherwise",
      ["198.51.100.0/24"],
      'tcp dport 22 ip saddr { 198.51.100.0/24 } accept comment "SSH"',
    ],
  ])("let SSH in %s, and forward nothing", (_, managementSources, line) => {
    const text = renderClosedFirewall({ sshPorts: [22], managementSources });
    expect(text).toMatchSnapshot();
    expect(chain(text, "input").at(-1)).toBe(line);
    expect(chain(text, "forward")).toEqual([
      "type filter hook forward priority filter - 10; policy drop;",
    ]);
  });

  test("hold until the others are loaded; nothing opens the host again, and Docker needs them", () => {
    const unit = renderFirewallUnit();
    expect(unit.match(/^Exec.*nft.*/gm)).toEqual([
      "ExecStart=/usr/sbin/nft --file /etc/hive/firewall-closed.nft",
      "ExecStart=/usr/sbin/nft --file /etc/hive/firewall.nft",
      "ExecReload=/usr/sbin/nft --file /etc/hive/firewall.nft",
    ]);
    expect(unit).not.toContain("ExecStop");
    expect(unit).toMatch(/^RequiredBy=docker.service$/m);
    expect(unit).toMatch(/^RefuseManualStop=yes$/m);
  });
});

/** The rules of a chain, in order. */
function chain(text: string, name: string): string[] {
  const body = new RegExp(`^ {2}chain ${name} \\{\n(.*?)^ {2}\\}`, "ms").exec(text)?.[1] ?? "";
  return body
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
