import { updateTime } from "../../../../model/stage/update-time";
import { awsOptions } from "../../../../fleet/aws/options";
import { InventoryError } from "../../../../model/problem/problems";
import { parseStage, stageOf } from "../../../../model/stage/check-stage";
import { parseStageYaml } from "../../../../model/stage/yaml";

const least = { "hive:fleet": "container", "hive:cidr": "172.29.16.0/24" };

/** The problems as `path | remedy`, so that a test reads as the user does. */
function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InventoryError)
      return error.problems.map((problem) => `${problem.path} | ${problem.remedy}`);
    throw error;
  }
  return [];
}

function problemsWith(raw: Readonly<Record<string, string>>): readonly string[] {
  return problemsOf(() => parseStage("private", { ...least, ...raw }));
}

describe("a stage's configuration", () => {
  test("a misspelt key that is needed is one problem, not a missing key as well", () => {
    const raw = { "hive:fleet": "container", "hive:cdir": "172.29.16.0/24" };
    expect(problemsOf(() => parseStage("private", raw))).toEqual([
      "Pulumi.private.yaml: hive:cdir | did you mean `cidr`? If not, remove it",
    ]);
  });

  test("two keys are enough; everything else has a default", () => {
    expect(parseStage("private", least)).toEqual({
      name: "private",
      config: {
        fleet: "container",
        aws: awsOptions.parse(undefined),
        cidr: "172.29.16.0/24",
        clusterHosts: 3,
        zones: ["zone-a", "zone-b", "zone-c"],
        swarm: { heartbeatSeconds: 2, taskHistoryLimit: 5 },
        registry: { port: 5000 },
        keyVersion: 1,
        ssh: { user: "hive", port: 22 },
        container: { access: "auto", loopbackPortBase: 20000 },
        volumes: {},
        labels: {},
        values: {},
        secrets: [],
        oneTimePasswords: [],
        operators: [],
        pins: {},
        overlayPool: "10.224.0.0/12",
        throughPhase: "initialize-services",
      },
    });
  });

  test.each(["2026-12-24", "2028-02-29T23:59:59Z", updateTime(Date.now())])(
    "%s is the time of an update",
    (updated) => {
      const stage = parseStage("private", { ...least, "hive:updated": updated });
      expect(stage.config.updated).toBe(updated);
    },
  );

  test("values arrive as Pulumi hands them over: texts, and JSON for maps and lists", () => {
    const { config } = parseStage("staging", {
      "hive:fleet": "aws",
      "hive:cidr": "10.17.16.0/24",
      "hive:clusterHosts": "5",
      "hive:zones": '["a","b","c"]',
      "hive:swarm": '{"heartbeatSeconds":4}',
      "aws:region": "ap-northeast-1",
    });
    expect(config.clusterHosts).toBe(5);
    expect(config.zones).toEqual(["a", "b", "c"]);
    expect(config.swarm).toEqual({ heartbeatSeconds: 4, taskHistoryLimit: 5 });
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "an unknown key",
      { "hive:clusterHost": "3" },
      "hive:clusterHost | did you mean `clusterHosts`? If not, remove it",
    ],
    [
      "a key one level too high",
      { "hive:heartbeatSeconds": "3" },
      "hive:heartbeatSeconds | did you mean `swarm.heartbeatSeconds`? If not, remove it",
    ],
    [
      "an unknown key inside a map",
      { "hive:ssh": '{"users":"a"}' },
      "hive:ssh.users | did you mean `user`? If not, remove it",
    ],
    [
      "an unknown key like no other",
      { "hive:ssh": '{"colour":"a"}' },
      "hive:ssh.colour | remove it; the keys here are user, port",
    ],
    [
      "no such fleet",
      { "hive:fleet": "azure" },
      "hive:fleet | write one of container, aws, prepared",
    ],
    [
      "two cluster hosts",
      { "hive:clusterHosts": "2" },
      "hive:clusterHosts | write 3, the smallest cluster that survives the loss of one server",
    ],
    [
      "four cluster hosts",
      { "hive:clusterHosts": "4" },
      "hive:clusterHosts | write 3, or 5 to survive one loss more",
    ],
    ["nine cluster hosts", { "hive:clusterHosts": "9" }, "hive:clusterHosts | write 7, 5 or 3"],
    [
      "a number of the wrong type",
      { "hive:clusterHosts": "three" },
      "hive:clusterHosts | write 3, 5 or 7",
    ],
    ["half a host", { "hive:clusterHosts": "3.5" }, "hive:clusterHosts | write 3, 5 or 7"],
    [
      "a text where a map belongs",
      { "hive:swarm": "fast" },
      "hive:swarm | write a map with the keys heartbeatSeconds, taskHistoryLimit",
    ],
    [
      "a heartbeat out of range",
      { "hive:swarm": '{"heartbeatSeconds":61}' },
      "hive:swarm.heartbeatSeconds | write a whole number from 1 to 60",
    ],
    [
      "no version of keys",
      { "hive:keyVersion": "0" },
      "hive:keyVersion | write a whole number, one more than the present one to make new keys",
    ],
    ...["yesterday", "2026-02-30", "2026-12-24T25:00:00Z", "2026-12-24T08:00", "1767225600"].map(
      (updated): [string, Record<string, string>, string] => [
        `no time of an update: ${updated}`,
        { "hive:updated": updated },
        'hive:updated | write it in quotes, e.g. "2026-12-24" or "2026-12-24T08:00:00Z", or let `npx hive update` write it',
      ],
    ),
    ["host bits", { "hive:cidr": "172.29.16.4/24" }, "hive:cidr | write 172.29.16.0/24"],
    [
      "no network at all",
      { "hive:cidr": "here" },
      "hive:cidr | write an address, a slash and a prefix length, e.g. 172.29.16.0/24",
    ],
    [
      "a network that is too small",
      { "hive:cidr": "172.29.16.0/29" },
      "hive:cidr | write a network of at least a /28, better a /24",
    ],
    [
      "a network that meets the overlays",
      { "hive:cidr": "10.225.0.0/24" },
      "hive:overlayPool | move one of them, e.g. cidr to 172.29.16.0/24 with overlayPool at its default 10.224.0.0/12",
    ],
    [
      "a network that meets Docker's bridges",
      { "hive:cidr": "172.17.8.0/24" },
      "hive:cidr | write a network outside it, e.g. 172.29.16.0/24",
    ],
    [
      "overlays that meet Docker's bridges",
      { "hive:overlayPool": "172.16.0.0/12", "hive:cidr": "10.0.0.0/24" },
      "hive:overlayPool | write a network outside it, e.g. 10.224.0.0/12",
    ],
    [
      "a pool that is too small",
      { "hive:overlayPool": "10.9.0.0/24" },
      "hive:overlayPool | write at least a /20, better a /12 as in the default 10.224.0.0/12",
    ],
    ["a zone twice", { "hive:zones": '["a","b","a"]' }, "hive:zones[2] | remove one of them"],
    [
      "two zones, one of which holds the majority",
      { "hive:fleet": "aws", "hive:zones": '["a","b"]' },
      "hive:zones | name at least three zones",
    ],
    [
      "no zones",
      { "hive:zones": "[]" },
      "hive:zones | write a list of zone names of lower-case letters, digits and hyphens, e.g. [zone-a, zone-b, zone-c]",
    ],
    [
      "root as the admin user",
      { "hive:ssh": '{"user":"root"}' },
      "hive:ssh.user | write a lower-case name of at most 32 letters, digits, - and _ other than root, e.g. hive",
    ],
    [
      "SSH on Swarm's port",
      { "hive:ssh": '{"port":2377}' },
      "hive:ssh.port | write 22 or another free port",
    ],
    [
      "the registry on SSH's port",
      { "hive:registry": '{"port":22}' },
      "hive:registry.port | write 5000 or another free port",
    ],
    [
      "no such phase",
      { "hive:throughPhase": "setup" },
      "hive:throughPhase | write one of build-infra, setup-hosts, build-images, build-networks, build-volumes, deploy-services, initialize-services",
    ],
    [
      "container options on another fleet",
      { "hive:fleet": "aws", "hive:container": "{}" },
      "hive:container | remove it, or write hive:fleet: container",
    ],
    [
      "a site name with capitals",
      { "hive:siteName": "Hive.example" },
      "hive:siteName | write a domain name such as hive.example",
    ],
  ])("%s is refused with what to write instead", (_, raw, problem) => {
    expect(problemsWith(raw)).toEqual([`Pulumi.private.yaml: ${problem}`]);
  });

  test("all problems are told at once, in one message", () => {
    const raw = { "hive:fleet": "azure", "hive:clusterHosts": "2", "hive:typo": "x" };
    expect(() => parseStage("production", raw)).toThrow(
      /4 problems found; nothing was changed[^]*hive:typo[^]*hive:fleet[^]*hive:cidr[^]*is missing[^]*hive:clusterHosts/,
    );
  });

  test("says why an even number of cluster hosts is no good", () => {
    expect(() => parseStage("private", { ...least, "hive:clusterHosts": "2" })).toThrow(
      "a cluster of 2 cannot lose a server: a majority must stay, and the majority of 2 is 2",
    );
    expect(() => parseStage("private", { ...least, "hive:clusterHosts": "4" })).toThrow(
      "4 servers survive the loss of 1, as 3 do, and can split into two equal halves",
    );
  });

  test("the value of an unknown or an encrypted key is never printed", () => {
    const secret = "correct-horse";
    const raw = {
      ...least,
      "hive:password": secret,
      "hive:clusterHosts": secret,
      "hive:ssh": `{"pass":"${secret}"}`,
    };
    const message = ((): string => {
      try {
        parseStage("private", raw, { secretKeys: ["hive:clusterHosts"] });
      } catch (error) {
        return String(error);
      }
      return "";
    })();
    expect(message).toContain("3 problems found");
    expect(message).not.toContain(secret);
  });

  test("a stack that is no stage", () => {
    expect(problemsOf(() => stageOf("stagin"))).toEqual([
      "stack name | did you mean staging? Name one of them, e.g. --stack staging",
    ]);
  });
});

describe("a stage's file", () => {
  test("is read as Pulumi reads it", () => {
    const text = [
      "encryptionsalt: v1:abc",
      "config:",
      "  aws:region: ap-northeast-1",
      "  hive:fleet: aws",
      "  hive:cidr: 10.17.16.0/24",
      '  hive:clusterHosts: "5"',
      "  hive:swarm:",
      "    heartbeatSeconds: 3",
    ].join("\n");
    const raw = {
      "aws:region": "ap-northeast-1",
      "hive:fleet": "aws",
      "hive:cidr": "10.17.16.0/24",
      "hive:clusterHosts": "5",
      "hive:swarm": '{"heartbeatSeconds":3}',
    };
    expect(parseStageYaml("staging", text)).toEqual(parseStage("staging", raw));
  });

  test("a time without quotes is refused, because Pulumi makes another text of it", () => {
    const text = (time: string): string =>
      `config:\n  hive:fleet: container\n  hive:cidr: 172.29.16.0/24\n  hive:updated: ${time}\n`;
    for (const time of ["2026-12-24", "2026-12-24T08:00:00Z"]) {
      expect(problemsOf(() => parseStageYaml("private", text(time)))[0]).toMatch(
        /^Pulumi.private.yaml: hive:updated .*write it in quotes/,
      );
      expect(parseStageYaml("private", text(`"${time}"`)).config.updated).toBe(time);
    }
  });

  test.each([
    [
      "config:\n  hive:fleet: [",
      "Pulumi.private.yaml | correct the line; keys of hive stand under config:, indented by two spaces",
    ],
    [
      "config: hive",
      "Pulumi.private.yaml: config | write config: and the keys below it, indented by two spaces",
    ],
    [
      "config:\n  hive:fleet: container\n  hive:cidr:\n    secure: v1:abc:def",
      "Pulumi.private.yaml: hive:cidr | write it unencrypted: npx hive pulumi -- config set --stack private --plaintext hive:cidr <value>",
    ],
  ])("with a fault: %j", (text, problem) => {
    expect(problemsOf(() => parseStageYaml("private", text))).toEqual([problem]);
  });

  test("an empty file lacks what has no default", () => {
    expect(
      problemsOf(() => parseStageYaml("private", "")).map((text) => text.split(" | ")[0]),
    ).toEqual(["Pulumi.private.yaml: hive:fleet", "Pulumi.private.yaml: hive:cidr"]);
  });

  test("an encrypted value inside a map is not printed", () => {
    const text =
      "config:\n  hive:fleet: container\n  hive:cidr: 10.0.0.0/24\n  hive:ssh:\n    user: {secure: v1:abc:def}";
    expect(() => parseStageYaml("private", text)).toThrow(
      /hive:ssh\.user\n {2}found: {3}\(encrypted\)/,
    );
  });
});
