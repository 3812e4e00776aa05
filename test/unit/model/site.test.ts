import { durationSeconds } from "../../../model/values/duration";
import { parseShortPort } from "../../../model/schema/published-port";
import { editDistance, suggestion } from "../../../model/problem/suggestion";
import { digest, image, problemsOf as siteProblemsOf, textOf } from "./problems-of";

/** Problems of services, written without the compiler's help, as `path | remedy`. */
function problemsOf(
  services: Readonly<Record<string, unknown>>,
  stackName = "private",
): readonly string[] {
  return siteProblemsOf({ images: { webgate: {} }, services }, { stackName });
}

describe("a service", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "without an image",
      {},
      'image | write a reference such as "docker.io/library/nginx@sha256:…", or { build: "<name>" } for an image of the site',
    ],
    [
      "with an image that is none",
      { image: "Not An Image" },
      'image | write a reference such as "docker.io/library/nginx@sha256:…", or { build: "<name>" } for an image of the site',
    ],
    [
      "with a misspelt build",
      { image: { build: "webgat" } },
      'image.build | did you mean "webgate"? Else add webgat: {} to images in site/site.ts',
    ],
    [
      "with an unknown build",
      { image: { build: "mail" } },
      "image.build | add mail: {} to images in site/site.ts, with a Dockerfile in site/images/mail",
    ],
    [
      "with a misspelt key",
      { image, enviroment: {} },
      "enviroment | did you mean `environment`? If not, remove it",
    ],
    [
      "with a key from inside another key",
      { image, replicas: 2 },
      "replicas | write `mode: { replicas: 2 }` in its place",
    ],
    [
      "with a key of another tool",
      { image, cap_add: ["NET_ADMIN"] },
      'cap_add | write `capabilities: { add: ["NET_ADMIN"] }` in its place',
    ],
    [
      "with a misspelt key in a list",
      { image, ports: [{ target: 80, publised: 80 }] },
      "ports[0].publised | did you mean `published`? If not, remove it",
    ],
    [
      "with a misspelt key in one of several forms",
      { image, secrets: [{ secrets: "a" }] },
      "secrets[0].secrets | did you mean `secret`? If not, remove it",
    ],
    [
      "with a misspelt key two levels down",
      { image, resources: { limits: { cpu: 1 } } },
      "resources.limits.cpu | did you mean `cpus`? If not, remove it",
    ],
    [
      "with a misspelt key of a job",
      { image, mode: { job: { schedul: "0 3 * * *" } } },
      "mode.job.schedul | did you mean `schedule`? If not, remove it",
    ],
    [
      "with a mode that is none",
      { image, mode: "globl" },
      'mode | write "global", { replicas: 2 } or { job: { schedule: "0 3 * * *" } }',
    ],
    [
      "with replicas below zero",
      { image, mode: { replicas: -1 } },
      "mode.replicas | write a whole number from 0 to 1000",
    ],
    [
      "on a stage that is none",
      { image, availableOn: ["prod"] },
      "availableOn[0] | write one of private, staging, production",
    ],
    [
      "with a number as an environment value",
      { image, environment: { A: 1 } },
      'environment.A | write `A: "1"`',
    ],
    [
      "with a port that is none",
      { image, ports: ["web"] },
      'ports[0] | write a port from 1 to 65535, e.g. "80", "80:8080" (server:container), "53:53/udp" or "8080/http", or the long form with target and published',
    ],
    [
      "with a port out of range",
      { image, ports: [{ target: 80, published: 70000 }] },
      'ports[0].published | write a whole number from 1 to 65535, or "auto"',
    ],
    [
      "on the port of SSH",
      { image, ports: ["22"] },
      'ports[0] | publish another port, e.g. "10022:22", or "auto" in the long form',
    ],
    [
      "on a port of Swarm",
      { image, ports: ["7946/udp"] },
      'ports[0] | publish another port, e.g. "17946:7946", or "auto" in the long form',
    ],
    [
      "that publishes a port twice",
      { image, ports: ["80", "80:8080"] },
      "ports[1] | remove one of them",
    ],
    [
      "with more host ports than servers",
      { image, mode: { replicas: 4 }, ports: [{ target: 80, mode: "host" }] },
      'mode.replicas | write at most 3 replicas, or mode "ingress" for the port',
    ],
    [
      "with a duration without a unit",
      { image, stopGracePeriod: "10" },
      'stopGracePeriod | write a number and a unit (ms, s, m, h), e.g. "10s"',
    ],
    [
      "with an empty health check",
      { image, healthcheck: { command: [] } },
      'healthcheck.command | write program and arguments, e.g. ["curl", "-fsS", "http://127.0.0.1/"]',
    ],
    [
      "with a variable that no program could read",
      { image, environment: { "A=B": "1" } },
      "environment.A=B | choose another name",
    ],
    [
      "with a variable that no program could read",
      { image, environment: { "A=B": "1" } },
      "environment.A=B | choose another name",
    ],
    [
      "with a label of hive",
      { image, labels: { "hive.x": "1" } },
      "labels.hive.x | choose another name",
    ],
  ])("%s is refused with what to write instead", (_, service, problem) => {
    expect(problemsOf({ web: service })).toEqual([`site/services/web.ts: services.web.${problem}`]);
  });

  test("with a name that is no DNS label", () => {
    expect(problemsOf({ Web_1: { image } })).toEqual([
      'site/site.ts: services.Web_1 | write `"web-1"`',
    ]);
  });

  test("a port of Swarm in another protocol, or the registry's port, is free", () => {
    expect(problemsOf({ web: { image, ports: ["2377/udp", "5000"] } })).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["environment", { PASSWORD: ["correct-horse"] }],
    ["environment", "PASSWORD=correct-horse"],
    ["labels", { a: ["correct-horse"] }],
    ["containerLabels", { a: ["correct-horse"] }],
    ["command", "login correct-horse"],
    ["entrypoint", ["login", ["correct-horse"]]],
    ["healthcheck", "login correct-horse"],
    ["healthcheck", { command: "login correct-horse" }],
    ["initialize", ["login correct-horse"]],
    ["initialize", [{ name: "a", command: "login correct-horse" }]],
    ["initialize", [{ name: "correct-horse!", command: ["a"] }]],
    ["initialize", [{ name: "a", command: ["a"], unless: "correct-horse" }]],
    ["backups", [{ name: "a", command: "login correct-horse", restore: ["b"] }]],
    ["logging", { driver: "splunk", options: { token: ["correct-horse"] } }],
    ["logging", { driver: ["correct-horse"] }],
    ["secrets", [{ secret: "correct-horse", mode: 1 }, ["correct-horse"]]],
  ] as [string, Record<string, unknown>][])(
    "%s is a place where a user may have put a secret: %j is not printed",
    (key, value) => {
      const text = textOf({ services: { web: { image, [key]: value } } });
      expect(text).toMatch(/problems? found/);
      expect(text).toContain(`services.web.${key}`);
      expect(text).not.toContain("correct-horse");
    },
  );

  test("neither is a service that is none", () => {
    expect(textOf({ services: { web: ["correct-horse"] } })).not.toContain("correct-horse");
    expect(textOf({ services: "correct-horse" })).not.toContain("correct-horse");
  });

  test("of a health check shows times, and nothing of its command", () => {
    const text = textOf({
      services: { web: { image, healthcheck: { command: "curl correct-horse", interval: "5 s" } } },
    });
    expect(text).toContain('found:   "5 s"');
    expect(text).not.toContain("correct-horse");
    expect(textOf({ services: { web: { image, healthcheck: ["correct-horse"] } } })).not.toContain(
      "correct-horse",
    );
  });

  test("tells of which services only the form was looked at", () => {
    const text = textOf({
      services: { web: { image, dependsOn: ["nowhere"], replica: 1 }, other: { image } },
    });
    expect(text).toMatch(/How web fits together with the rest of the site is checked when/);
    expect(textOf({ services: { web: { image, dependsOn: ["nowhere"] } } })).not.toMatch(/fits/);
  });
});

describe("other parts of a site", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "a volume of no kind",
      { volumes: { data: {} } },
      'volumes.data | write one of them: { replicated: { size: "1GiB" } }, { local: {} }, { nfs: { server, path } }, { driver: { name } } or { external: true }',
    ],
    [
      "a volume of two kinds",
      { volumes: { data: { local: {}, replicated: { size: "1GiB" } } } },
      'volumes.data | write one of them: { replicated: { size: "1GiB" } }, { local: {} }, { nfs: { server, path } }, { driver: { name } } or { external: true }',
    ],
    [
      "a misspelt kind",
      { volumes: { data: { replicatd: { size: "1GiB" } } } },
      "volumes.data.replicatd | did you mean `replicated`? If not, remove it",
    ],
    [
      "a volume without a unit",
      { volumes: { data: { replicated: { size: "1GB" } } } },
      'volumes.data.replicated.size | write `size: "1GiB"`',
    ],
    [
      "a volume that ext4 refuses",
      { volumes: { data: { replicated: { size: "32MiB" } } } },
      'volumes.data.replicated.size | write at least "64MiB"',
    ],
    [
      "a volume that xfs refuses",
      { volumes: { data: { replicated: { size: "299MiB", filesystem: "xfs" } } } },
      'volumes.data.replicated.size | write at least "300MiB"',
    ],
    [
      "a minor of somebody else",
      { volumes: { data: { replicated: { size: "1GiB", minor: 0 } } } },
      "volumes.data.replicated.minor | write a whole number from 1000 to 1048575",
    ],
    [
      "an NFS share without its folder",
      { volumes: { data: { nfs: { server: "nas.example" } } } },
      "volumes.data.nfs.path | write an absolute path, e.g. /var/lib/data",
    ],
    [
      "a secret of two kinds",
      { secrets: { key: { generate: {}, fromStage: true } } },
      "secrets.key | write one of them: { generate: {} }, { fromStage: true } or { external: true }",
    ],
    [
      "a secret that is too short",
      { secrets: { key: { generate: { length: 8 } } } },
      "secrets.key.generate.length | write a whole number from 16 to 128",
    ],
    [
      "a config of two kinds",
      { configs: { web: { file: "a", content: "b" } } },
      'configs.web | write one of them: { file: "site/services/web/nginx.conf" }, { content: "…" } or { external: true }',
    ],
    [
      "a config from outside of the project",
      { configs: { web: { file: "../web.conf" } } },
      "configs.web.file | write a path relative to the project's root, e.g. site/services/ldap/users.ldif",
    ],
    [
      "a config that the Swarm would not take",
      { configs: { web: { content: "ä".repeat(256_001) } } },
      "configs.web.content | write a text below 500 KiB, or put it into an image or a volume",
    ],
    [
      "an empty config",
      { configs: { web: { content: "" } } },
      "configs.web.content | write a text below 500 KiB, or put it into an image or a volume",
    ],
    [
      "a name that is too long for the Swarm with its mark",
      { secrets: { ["a".repeat(56)]: { generate: {} } } },
      `secrets.${"a".repeat(56)} | write lower-case letters, digits and hyphens, at most 55, beginning and ending with a letter or digit`,
    ],
    [
      "an image that is pulled by tag",
      { images: { a: { pull: { on: ["production"], from: "registry.example/a:1" } } } },
      'images.a.pull.from | write a reference by digest, e.g. "registry.example:5000/portal@sha256:…"',
    ],
    [
      "a build secret that does not exist",
      { images: { a: { buildSecrets: ["tokn"] } }, secrets: { token: { generate: {} } } },
      'images.a.buildSecrets[0] | did you mean "token"? Else add tokn: { generate: {} } to secrets in site/site.ts',
    ],
    [
      "a network with host bits",
      { networks: { back: { subnet: "10.96.0.1/24" } } },
      "networks.back.subnet | write 10.96.0.0/24",
    ],
    [
      "a misspelt part of the site",
      { volums: {} },
      "volums | did you mean `volumes`? If not, remove it",
    ],
    ["a part that is no map", { volumes: ["data"] }, "volumes | write a map"],
    [
      "a name that is none",
      { volumes: { Data_1: { local: {} } } },
      'volumes.Data_1 | write `"data-1"`',
    ],
  ])("%s is refused with what to write instead", (_, site, problem) => {
    expect(siteProblemsOf(site)).toEqual([`site/site.ts: ${problem}`]);
  });

  test("a value in the place of a secret is not printed", () => {
    const text = textOf({
      secrets: { a: "correct-horse", b: { generate: "correct-horse" } },
      configs: { c: { content: ["correct-horse"] } },
      volumes: {
        dd: { driver: { name: "x", options: { password: ["correct-horse"] } } },
        ee: "correct-horse",
      },
      networks: { f: { driverOptions: "correct-horse" } },
      images: { g: { buildArguments: { TOKEN: ["correct-horse"] } } },
    });
    expect(text).toContain("7 problems found");
    expect(text).not.toContain("correct-horse");
  });
});

describe("two services", () => {
  const web = { image, mode: "global", ports: ["80"] };

  test("cannot publish the same port on the same stage", () => {
    expect(problemsOf({ a: web, b: { image, ports: ["80:8080"] } })).toEqual([
      'site/services/b.ts: services.b.ports[0] | publish another port in one of the two, restrict them to different stages with availableOn, or in host mode to different servers: placement: { constraints: ["node.labels.hive.zone == zone-a"] } in one, != zone-a in the other',
    ]);
  });

  test("can publish it in different protocols, or on different stages", () => {
    expect(problemsOf({ a: web, b: { ...web, ports: ["80/udp"] } })).toEqual([]);
    expect(
      problemsOf({
        a: { ...web, availableOn: ["private"] },
        b: { ...web, availableOn: ["staging"] },
      }),
    ).toEqual([]);
  });
});

describe("an image that is not pinned", () => {
  test.each([
    "docker.io/library/nginx",
    "docker.io/library/nginx:latest",
    "registry.hive.example:5000/a:1.2",
  ])("%s runs on the private stage only", (reference) => {
    expect(problemsOf({ web: { image: reference } })).toEqual([]);
    for (const stage of ["staging", "production"]) {
      expect(problemsOf({ web: { image: reference } }, stage)).toEqual([
        `site/services/web.ts: services.web.image | append the digest: docker buildx imagetools inspect ${reference} shows it; or restrict the service to the private stage with availableOn`,
      ]);
    }
  });

  test("with a digest it runs everywhere, with a tag beside it too", () => {
    expect(
      problemsOf({ web: { image: `docker.io/library/nginx:1.27@${digest}` } }, "production"),
    ).toEqual([]);
  });
});

describe("short forms", () => {
  test.each([
    ["500ms", 0.5],
    ["10s", 10],
    ["1.5m", 90],
    ["1h", 3600],
    ["0.1s", 0.1],
    ["10", undefined],
    ["-1s", undefined],
    ["1e3s", undefined],
    ["1m30s", undefined],
  ])("the duration %s is %s seconds", (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  test.each([
    ["80", { published: 80, target: 80, protocol: "tcp" }],
    ["80:8080", { published: 80, target: 8080, protocol: "tcp" }],
    ["53:5353/udp", { published: 53, target: 5353, protocol: "udp" }],
    ["0", undefined],
    ["65536", undefined],
    ["80:", undefined],
    ["80/http", { published: 80, target: 80, protocol: "http" }],
    ["80/smtp", undefined],
    ["80-90", undefined],
  ])("the port %s", (text, port) => {
    expect(parseShortPort(text)).toEqual(port);
  });
});

describe("suggestions", () => {
  test.each([
    ["clusterHost", "clusterHosts"],
    ["CLUSTERHOSTS", "clusterHosts"],
    ["heartbeatSecond", "swarm.heartbeatSeconds"],
    ["shh", "ssh"],
    ["colour", undefined],
    ["x", undefined],
  ])("%s: %s", (name, meant) => {
    expect(suggestion(name, ["clusterHosts", "ssh", "swarm.heartbeatSeconds"])).toBe(meant);
  });

  test.each([
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["same", "same", 0],
    ["cdir", "cidr", 1],
    ["abcd", "badc", 2],
  ])("from %j to %j it takes %i edits", (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
  });
});
