import { durationSeconds } from "../../../model/duration";
import type { Service } from "../../../model/inventory";
import { planStack } from "../../../model/plan-site";
import { InventoryError } from "../../../model/problems";
import { parseShortPort } from "../../../model/published-port";
import { editDistance, suggestion } from "../../../model/suggestion";
import { rawStage } from "./plans";

const digest = `sha256:${"0".repeat(64)}`;

/** Problems of services, written without the compiler's help, as `path | remedy`. */
function problemsOf(
  services: Readonly<Record<string, unknown>>,
  stackName = "private",
): readonly string[] {
  try {
    const site = {
      name: "hive.example",
      images: { webgate: {} },
      services: services as Record<string, Service>,
    };
    planStack({ stackName, config: rawStage, site });
  } catch (error) {
    if (error instanceof InventoryError)
      return error.problems.map((problem) => `${problem.path} | ${problem.remedy}`);
    throw error;
  }
  return [];
}

const image = `docker.io/library/nginx@${digest}`;

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
      "enviroment | did you mean environment? If not, remove it",
    ],
    [
      "with a key of another tool",
      { image, volumes: [] },
      "volumes | remove it; the keys here are image, availableOn, mode, environment, ports, hostname, labels, healthcheck, stopGracePeriod",
    ],
    [
      "with a mode that is none",
      { image, mode: "globl" },
      'mode | write "global" or { replicas: 2 }',
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
      "environment.A | write text",
    ],
    [
      "with a port that is none",
      { image, ports: ["web"] },
      'ports[0] | write a port from 1 to 65535, e.g. "80", "80:8080" (server:container) or "53:53/udp", or the long form with target and published',
    ],
    [
      "with a port out of range",
      { image, ports: [{ target: 80, published: 70000 }] },
      "ports[0].published | write a whole number from 1 to 65535",
    ],
    [
      "on the port of SSH",
      { image, ports: ["22"] },
      'ports | publish another port, e.g. "10022:22"',
    ],
    [
      "on a port of Swarm",
      { image, ports: ["7946/udp"] },
      'ports | publish another port, e.g. "17946:7946"',
    ],
    [
      "that publishes a port twice",
      { image, ports: ["80", "80:8080"] },
      "ports | remove one of them",
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
      "site/site.ts: services.Web_1 | write lower-case letters, digits and hyphens, at most 63, beginning and ending with a letter or digit",
    ]);
  });

  test("a port of Swarm in another protocol, or the registry's port, is free", () => {
    expect(problemsOf({ web: { image, ports: ["2377/udp", "5000"] } })).toEqual([]);
  });

  test("values that a user may have put a secret into are not printed", () => {
    const services = {
      web: {
        image,
        environment: { PASSWORD: ["correct-horse"] },
        labels: { a: ["correct-horse"] },
      },
    };
    const site = { name: "hive.example", services: services as unknown as Record<string, Service> };
    let message = "";
    try {
      planStack({ stackName: "private", config: rawStage, site });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain("2 problems found");
    expect(message).not.toContain("correct-horse");
  });
});

describe("two services", () => {
  const web = { image, mode: "global", ports: ["80"] };

  test("cannot publish the same port on the same stage", () => {
    expect(problemsOf({ a: web, b: { image, ports: ["80:8080"] } })).toEqual([
      "site/services/b.ts: services.b.ports | publish another port in one of the two, or keep them to different stages with availableOn",
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
        `site/services/web.ts: services.web.image | append the digest: docker buildx imagetools inspect ${reference} shows it; or keep the service to the private stage with availableOn`,
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
    ["80/http", undefined],
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
  ])("from %j to %j it takes %i edits", (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
  });
});
