import { generateOpenSshKeyPair } from "../../../providers/ssh-key-pair/openssh-key";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planSite, planStack } from "../../../model/plan-site";
import { parseStageYaml } from "../../../model/stage/yaml";
import { site } from "../../../site/site";
import { planWith, rawStage, smallSite } from "./plans";

const root = join(__dirname, "..", "..", "..");

describe("the project's own stages", () => {
  test.each(["private", "staging", "production"] as const)(
    "%s can be planned as it is committed",
    (stage) => {
      const text = readFileSync(join(root, `Pulumi.${stage}.yaml`), "utf8");
      const plan = planSite({ stage: parseStageYaml(stage, text), site });
      expect(plan.hosts).toHaveLength(4);
      const names = plan.services.map((service) => service.name);
      expect(names).toEqual(["am", "gate", "ldap", "portal"]);
    },
  );

  test.each(["staging", "production"] as const)(
    "%s says what is still to be given before it can be built",
    (stage) => {
      const text = readFileSync(join(root, `Pulumi.${stage}.yaml`), "utf8");
      const file = `Pulumi\\.${stage}\\.yaml`;
      expect(() => planSite({ stage: parseStageYaml(stage, text), site, building: true })).toThrow(
        new RegExp(`2 problems found[^]*${file}: hive:operators[^]*${file}: hive:aws\\.sshSources`),
      );
    },
  );

  test("their networks do not meet, so that all three can be reached from one place", () => {
    const cidrs = ["private", "staging", "production"].map((stage) => {
      const text = readFileSync(join(root, `Pulumi.${stage}.yaml`), "utf8");
      return parseStageYaml(stage, text).config.cidr;
    });
    expect(new Set(cidrs).size).toBe(3);
  });
});

describe("servers", () => {
  test("are named by stage, index and site; the last one is the repository server", () => {
    expect(planWith().hosts.map(({ name, role, zone }) => `${name} ${role} ${zone}`)).toEqual([
      "p-hive0.hive.example cluster zone-a",
      "p-hive1.hive.example cluster zone-b",
      "p-hive2.hive.example cluster zone-c",
      "p-hive3.hive.example repository zone-a",
    ]);
    expect(planWith({ stage: "staging" }).hosts[0]?.name).toBe("s-hive0.hive.example");
    expect(planWith({ stage: "production" }).hosts[0]?.name).toBe("hive0.hive.example");
  });

  test("a stage may live under another domain", () => {
    const plan = planWith({ raw: { "hive:siteName": "lab.example" } });
    expect(plan.hosts[3]?.name).toBe("p-hive3.lab.example");
    expect(plan.registry.address).toBe("registry.lab.example:5000");
  });

  test("growing a cluster moves no cluster server that exists", () => {
    fc.assert(
      fc.property(fc.constantFrom(3, 5, 7), fc.constantFrom(3, 5, 7), (from, to) => {
        fc.pre(from <= to);
        const before = planWith({ raw: { "hive:clusterHosts": String(from) } });
        const after = planWith({ raw: { "hive:clusterHosts": String(to) } });
        expect(after.hosts.slice(0, from)).toEqual(before.hosts.slice(0, from));
      }),
    );
  });

  test("a name that Linux would not take is refused", () => {
    const long = `${"a".repeat(60)}.example`;
    expect(() => planWith({ site: { ...smallSite, name: long } })).toThrow(
      /site\/site\.ts: name[^]*makes host names such as p-hive3\.a+\.example of 76 letters; Linux takes 63[^]*at most 55 letters/,
    );
  });
});

describe("services in normal form", () => {
  test("every default is written out, maps and lists are in order", () => {
    const plan = planWith({
      site: {
        name: "hive.example",
        images: { b: {}, a: { context: "elsewhere/a/", buildArguments: { Z: "1", A: "2" } } },
        services: {
          web: {
            image: { build: "a" },
            mode: "global",
            ports: ["8080", "53:5353/udp", { target: 443 }],
            environment: { B: "2", A: "1" },
          },
          db: {
            image: "docker.io/library/postgres:17",
            ports: [{ target: 5432, published: 15432, mode: "host" }, "9187"],
            healthcheck: { command: ["pg_isready"], interval: "500ms", startPeriod: "2m" },
            stopGracePeriod: "1.5m",
            labels: { tier: "data" },
          },
        },
      },
    });
    expect(plan.images.map((image) => image.name)).toEqual(["a", "b"]);
    expect(plan.images[0]).toEqual({
      name: "a",
      buildSecrets: [],
      context: "elsewhere/a",
      repository: "registry.hive.example:5000/a",
      buildArguments: { A: "2", Z: "1" },
    });
    expect(plan.services.map((service) => service.name)).toEqual(["db", "web"]);
    expect(plan.services[0]?.ports).toEqual([
      { target: 9187, published: 9187, protocol: "tcp", mode: "ingress" },
      { target: 5432, published: 15432, protocol: "tcp", mode: "host" },
    ]);
    expect(plan.services[1]?.ports).toEqual([
      { target: 5353, published: 53, protocol: "udp", mode: "host" },
      { target: 443, published: 443, protocol: "tcp", mode: "host" },
      { target: 8080, published: 8080, protocol: "tcp", mode: "host" },
    ]);
    expect(Object.keys(plan.services[1]?.environment ?? {})).toEqual(["A", "B"]);
  });

  test("the order in which a user writes changes nothing", () => {
    const { webgate = { image: "a" } } = smallSite.services ?? {};
    const other = { image: "docker.io/library/nginx", environment: { A: "1", B: "2" } };
    const turned = { environment: { B: "2", A: "1" }, image: "docker.io/library/nginx" };
    const left = planWith({ site: { ...smallSite, services: { webgate, other } } });
    const right = planWith({ site: { ...smallSite, services: { other: turned, webgate } } });
    expect(JSON.stringify(left)).toBe(JSON.stringify(right));
  });

  test("a service runs on the stages that it names", () => {
    const services = {
      lab: { image: "docker.io/library/nginx", availableOn: ["private" as const] },
    };
    expect(planWith({ site: { ...smallSite, services } }).services).toHaveLength(1);
    expect(
      planWith({ stage: "production", site: { ...smallSite, services } }).services,
    ).toHaveLength(0);
  });
});

describe("the run", () => {
  test("goes through all phases unless it is told to stop earlier", () => {
    expect(planWith().phases).toHaveLength(7);
    expect(planWith({ raw: { "hive:throughPhase": "setup-hosts" } }).phases).toEqual([
      "build-infra",
      "setup-hosts",
    ]);
  });

  test("operators are taken over without the comment of their keys", () => {
    expect(planWith().ssh.operators).toEqual([]);
    const { publicKey } = generateOpenSshKeyPair("anna@laptop");
    const operators = JSON.stringify([{ name: "anna", publicKey: `${publicKey} anna@laptop\n` }]);
    expect(planWith({ raw: { "hive:operators": operators } }).ssh.operators).toEqual([
      { name: "anna", publicKey },
    ]);
  });

  test("a fleet that lacks something may be shown, but not built", () => {
    const input = {
      stackName: "staging",
      config: { "hive:fleet": "aws", "hive:cidr": "10.17.16.0/24" },
      site: smallSite,
    };
    expect(planStack(input).fleet).toBe("aws");
    expect(() => planStack({ ...input, building: true })).toThrow(
      /Pulumi\.staging\.yaml: hive:operators[^]*Pulumi\.staging\.yaml: hive:aws\.sshSources[^]*Pulumi\.staging\.yaml: hive:zones\[0\]/,
    );
  });

  test("a mistake in the stage hides none in the site", () => {
    const input = {
      stackName: "private",
      config: { ...rawStage, "hive:clusterHosts": "2" },
      site: { ...smallSite, services: { web: { image: { build: "webgat" } } } },
    };
    expect(() => planStack(input)).toThrow(
      /2 problems found[^]*Pulumi\.private\.yaml: hive:clusterHosts[^]*site\/services\/web\.ts: services\.web\.image\.build/,
    );
  });
});

test("a key that is there twice is named, with its line", () => {
  const text =
    "config:\n  hive:cidr: 10.0.0.0/24\n  hive:fleet: container\n  hive:cidr: 10.0.1.0/24\n";
  expect(() => parseStageYaml("private", text)).toThrow(
    /Pulumi\.private\.yaml\n {2}problem: has the key hive:cidr twice, the second time in line 4\n {2}remedy: {2}keep one of them/,
  );
});
