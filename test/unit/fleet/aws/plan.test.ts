import { planAwsFleet } from "../../../../fleet/aws/plan";
import { image, planAws, siteWithData } from "./aws-plans";

describe("the plan of what is made in AWS", () => {
  test("has a subnet in each zone, and servers of the sizes of their roles", () => {
    const { region, subnets, servers } = planAwsFleet(
      planAws({ options: { instanceTypes: { repository: "m7i.large" } } }),
    );
    expect(region).toBe("ap-northeast-1");
    expect(subnets).toEqual([
      { zone: "ap-northeast-1a", cidr: "10.17.16.0/26" },
      { zone: "ap-northeast-1c", cidr: "10.17.16.64/26" },
      { zone: "ap-northeast-1d", cidr: "10.17.16.128/26" },
    ]);
    expect(servers.map(({ instanceType, root }) => [instanceType, root.sizeGiB])).toEqual([
      ["t3.medium", 20],
      ["t3.medium", 20],
      ["t3.medium", 20],
      ["m7i.large", 40],
    ]);
  });

  test("has a disk for each replicated volume on each cluster server, none smaller than the site says", () => {
    const disks = planAwsFleet(planAws()).servers.map((server) =>
      server.disks.map(({ volume, sizeGiB }) => `${volume} ${sizeGiB}`),
    );
    expect(disks).toEqual([["ldap-data 2"], ["ldap-data 2"], ["ldap-data 2"], []]);
  });

  test("keeps the names of disks when other volumes come and go", () => {
    const nameOf = (volumes: object) =>
      planAwsFleet(
        planAws({ site: { ...siteWithData, volumes: { ...siteWithData.volumes, ...volumes } } }),
      ).servers[0]?.disks.find(({ volume }) => volume === "ldap-data")?.deviceName;
    expect(nameOf({})).toMatch(/^\/dev\/xvd[a-d][a-z]$/);
    expect(nameOf({ aaa: { replicated: { size: "1GiB" } } })).toBe(nameOf({}));
  });

  test.each([
    ["staging", {}, false],
    ["production", {}, true],
    ["staging", { protect: true }, true],
    ["production", { protect: false }, false],
  ] as const)("%s with %j: protected %s", (stage, options, isProtected) => {
    expect(planAwsFleet(planAws({ stage, options })).protect).toBe(isProtected);
  });
});

describe("security groups let in", () => {
  const rules = (change: Parameters<typeof planAws>[0] = {}) =>
    planAwsFleet(planAws(change)).rules.map(({ name, group, protocol, port, source }) =>
      [name, group, protocol, port ?? "-", source === "hosts" ? source : source.cidr].join(" "),
    );

  test("the ports that services of the stage publish, SSH from the operators' networks, and servers among each other", () => {
    expect(rules()).toEqual([
      "ssh-203.0.113.0-24 hosts tcp 22 203.0.113.0/24",
      "among-hosts hosts -1 - hosts",
      "tcp-80 published tcp 80 0.0.0.0/0",
      "udp-53 published udp 53 0.0.0.0/0",
    ]);
  });

  test("nothing from the world where nothing is published", () => {
    const services = { web: { image } };
    expect(rules({ site: { ...siteWithData, services } }).join()).not.toContain("0.0.0.0/0");
  });

  test("SSH on the stage's own port, from each network", () => {
    const options = { sshSources: ["203.0.113.7/32", "198.51.100.0/24"] };
    expect(rules({ options, raw: { "hive:ssh": '{"port":2222}' } }).slice(0, 2)).toEqual([
      "ssh-203.0.113.7-32 hosts tcp 2222 203.0.113.7/32",
      "ssh-198.51.100.0-24 hosts tcp 2222 198.51.100.0/24",
    ]);
  });

  test("one rule for all of SCTP, whose ports EC2 does not know, and says so", () => {
    const web = { image, ports: ["3000/sctp", "3001/sctp"] as const };
    const { rules: all } = planAwsFleet(planAws({ site: { ...siteWithData, services: { web } } }));
    expect(all.filter(({ group }) => group === "published")).toEqual([
      {
        name: "sctp",
        group: "published",
        protocol: "132",
        source: { cidr: "0.0.0.0/0" },
        description: "SCTP of web - EC2 does not tell its ports apart",
      },
    ]);
  });

  test("only with descriptions that EC2 takes", () => {
    for (const { description } of planAwsFleet(planAws()).rules)
      expect(description).toMatch(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
  });
});

test("until DRBD is set up, a volume is on the disk of one server, and the plan says so", () => {
  const plan = planAws();
  expect(plan.volumes).toMatchObject([
    {
      name: "ldap-data",
      driverOptions: { device: "/dev/hive/ldap-data", type: "ext4" },
      replication: { backend: "local" },
    },
  ]);
  expect(plan.hosts.map(({ devices }) => devices)).toEqual([
    { "ldap-data": "/dev/hive/ldap-data" },
    undefined,
    undefined,
    undefined,
  ]);
  expect(plan.notices.join("\n")).toContain("it is only on s-hive0.hive.example");
});
