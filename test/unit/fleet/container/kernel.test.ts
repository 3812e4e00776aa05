import { type KernelFacts, kernelHasIpvs } from "../../../../fleet/container/kernel";
import { willNeedIpvs } from "../../../../model/service/ipvs";
import type { ServicePlan } from "../../../../model/plan";

const facts = { engine: "6.1.0", own: "6.1.0", loaded: false, config: undefined };

test.each<[string, Partial<KernelFacts>, boolean | undefined]>([
  ["is loaded", { loaded: true }, true],
  ["is a part of it", { config: "CONFIG_X=y\nCONFIG_IP_VS=y\n" }, true],
  ["is a module", { config: "CONFIG_IP_VS=m\nCONFIG_IP_VS_IPV6=y" }, true],
  ["was left out", { config: "# CONFIG_IP_VS is not set\nCONFIG_NET=y" }, false],
  ["is not known", {}, undefined],
  ["is of a virtual machine", { engine: "6.1.0-linuxkit", config: "" }, undefined],
  ["is of an engine that does not answer", { engine: undefined, loaded: true }, undefined],
])("IPVS of the servers' kernel: %s", (_what, more, expected) => {
  expect(kernelHasIpvs({ ...facts, ...more })).toBe(expected);
});

const port = (mode: "host" | "ingress") =>
  ({ target: 80, published: 8080, protocol: "tcp", mode }) as const;
const network = { network: "default", aliases: [] };
const plan = {
  mode: { kind: "replicated", replicas: 1 },
  ports: [],
  endpointMode: "vip",
  networks: [network],
} satisfies Partial<ServicePlan>;

test.each<[string, Parameters<typeof willNeedIpvs>[0], boolean]>([
  ["a virtual address", plan, true],
  ["names that lead to tasks", { ...plan, endpointMode: "dnsrr" }, false],
  ["no network, a port of the mesh", { ...plan, networks: [], ports: [port("ingress")] }, true],
  ["no network, a port of the server", { ...plan, networks: [], ports: [port("host")] }, false],
  ["a job", { ...plan, mode: { kind: "job", retries: 0 } }, false],
])("whether a planned service needs IPVS: %s", (_what, service, expected) => {
  expect(willNeedIpvs(service)).toBe(expected);
});
