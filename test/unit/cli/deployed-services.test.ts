import { readResource, type StateResource } from "../../../cli/pulumi/state";
import { withDeployedServices } from "../../../cli/hosts/deployed-services";

const image = (letter: string) => `registry:5000/web@sha256:${letter.repeat(64)}`;
const service = (name: string, published: number, letter = "a", more: object = {}): StateResource =>
  readResource({
    urn: `urn:pulumi:private::hive::hive:index:SwarmService$pulumi-nodejs:dynamic/hive:SwarmService::service-${name}-service`,
    type: "pulumi-nodejs:dynamic:Resource",
    id: `id-${name}`,
    outputs: {
      name,
      image: image(letter),
      ports: [{ target: 80, published, protocol: "tcp", mode: "host" }],
      mode: { kind: "global" },
      placement: { constraints: [], spread: [], maxReplicasPerHost: 0 },
      ...more,
    },
  });
const server = (index: number, role = "cluster") => ({
  name: `p-hive${index}.hive.example`,
  role,
  publicAddress: `172.29.16.${4 + index}`,
});
const raw = {
  site: "hive.example",
  hosts: [server(0), server(1), server(3, "repository")],
  services: {
    web: { image: image("a"), digest: "sha256:old", endpoints: ["tcp://172.29.16.4:8081"] },
  },
};

test("after a failed run the services are those that the state has, where it has them", () => {
  const before: StateResource = { ...service("web", 8081), replaced: true };
  const seen = withDeployedServices(raw, [service("web", 8082, "b"), service("gate", 80), before]);
  expect(seen).toEqual({
    ...raw,
    services: {
      gate: {
        image: image("a"),
        digest: `sha256:${"a".repeat(64)}`,
        endpoints: ["http://172.29.16.4/", "http://172.29.16.5/"],
        movingEndpoints: [],
      },
      web: {
        image: image("b"),
        digest: `sha256:${"b".repeat(64)}`,
        endpoints: ["tcp://172.29.16.4:8082", "tcp://172.29.16.5:8082"],
        movingEndpoints: [],
      },
    },
  });
});

test("routes are as the outputs have them: the gate is set up before services", () => {
  const routes = ["http://172.29.16.4/web/"];
  const services = { web: { ...raw.services.web, routes } };
  const seen = withDeployedServices({ ...raw, services }, [service("web", 8082, "b")]);
  expect(seen).toMatchObject({ services: { web: { image: image("b"), routes } } });
});

test("a service that the failed run removed is no service of the stage", () => {
  expect(withDeployedServices(raw, [])).toEqual({ ...raw, services: {} });
});

test("ports that this computer forwards are told as such", () => {
  const container = (index: number): StateResource =>
    readResource({
      urn: `urn:pulumi:private::hive::docker:index/container:Container::fleet-hive${index}`,
      type: "docker:index/container:Container",
      id: "c",
      outputs: {
        name: `p-hive${index}.hive.example`,
        ports: [{ internal: 80, external: 20080 + 1000 * index, ip: "127.0.0.1", protocol: "tcp" }],
      },
    });
  const { services } = withDeployedServices(raw, [service("web", 80), container(0), container(1)]);
  expect(services).toMatchObject({
    web: { endpoints: ["http://127.0.0.1:20080/", "http://127.0.0.1:21080/"] },
  });
});

test("outputs of a stage that stopped before the services stay as they are", () => {
  const early = { site: "hive.example", hosts: [] };
  expect(withDeployedServices(early, [])).toBe(early);
});

describe("a service with one task and a port in host mode", () => {
  const one = { mode: { kind: "replicated", replicas: 1 } };
  const pinned = (constraint: string) => ({
    ...one,
    placement: { constraints: [constraint], spread: [], maxReplicasPerHost: 0 },
  });
  const webOf = (...resources: readonly StateResource[]) =>
    (withDeployedServices(raw, resources)["services"] as Record<string, object>)["web"];

  test("has addresses that move, apart from those that always answer", () => {
    expect(webOf(service("web", 8082, "a", one))).toMatchObject({
      endpoints: [],
      movingEndpoints: ["tcp://172.29.16.4:8082", "tcp://172.29.16.5:8082"],
    });
  });

  test("has the address of its server when it is pinned, also by a label of the stage", () => {
    const swarm = readResource({
      urn: "urn:pulumi:private::hive::pulumi-nodejs:dynamic/hive:SwarmCluster::swarm-membership",
      type: "pulumi-nodejs:dynamic:Resource",
      id: "swarm",
      outputs: {
        members: [0, 1].map((index) => ({
          access: { name: server(index).name },
          labels: { disk: index === 0 ? "slow" : "fast" },
        })),
      },
    });
    const onOne = { endpoints: ["tcp://172.29.16.5:8082"], movingEndpoints: [] };
    const byName = pinned("node.hostname == p-hive1.hive.example");
    expect(webOf(service("web", 8082, "a", byName))).toMatchObject(onOne);
    const byLabel = pinned("node.labels.disk == fast");
    expect(webOf(service("web", 8082, "a", byLabel), swarm)).toMatchObject(onOne);
  });
});

test("what a port speaks is known from the outputs of the last complete run", () => {
  const services = { web: { ...raw.services.web, endpoints: ["http://172.29.16.4:8081/"] } };
  const seen = withDeployedServices({ ...raw, services }, [service("web", 8081)]);
  expect(seen["services"]).toMatchObject({
    web: { endpoints: ["http://172.29.16.4:8081/", "tcp://172.29.16.5:8081"] },
  });
});
