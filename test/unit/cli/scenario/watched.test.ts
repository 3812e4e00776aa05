import { watchedOf } from "../../../../cli/scenario/watched";
import type { StageOutputs } from "../../../../cli/hosts/outputs";
import { planAws } from "../../fleet/aws/aws-plans";

const plan = planAws();
const services = {
  webgate: {
    routes: ["https://198.18.0.4/"],
    endpoints: ["http://198.18.0.4:80", "udp://198.18.0.4:53", "tcp://198.18.0.5:25"],
    movingEndpoints: [],
  },
  ldap: { endpoints: [], movingEndpoints: ["tcp://198.18.0.4:389", "sctp://198.18.0.4:9"] },
} as unknown as StageOutputs["services"];

test("all servers are watched, with what a step may name", () => {
  const { servers } = watchedOf({ services }, plan);
  expect(servers.map(({ name, logicalName }) => [name, logicalName])).toEqual([
    ["s-hive0", "hive0"],
    ["s-hive1", "hive1"],
    ["s-hive2", "hive2"],
    ["s-hive3", "hive3"],
  ]);
  expect(servers[1]).toMatchObject({ zone: "ap-northeast-1c", privateAddress: "10.17.16.69" });
});

test("all services are watched at the addresses that can be asked, with what binds them", () => {
  expect(watchedOf({ services }, plan).services).toEqual([
    {
      name: "ldap",
      addresses: [],
      moving: ["tcp://198.18.0.4:389"],
      bound: { volumes: ["ldap-data"], server: "s-hive0" },
    },
    {
      name: "webgate",
      addresses: ["https://198.18.0.4/", "http://198.18.0.4:80", "tcp://198.18.0.5:25"],
      moving: [],
    },
  ]);
});

test("or only those that the scenario names", () => {
  const { services: some } = watchedOf({ services }, plan, ["webgate"]);
  expect(some.map(({ name }) => name)).toEqual(["webgate"]);
});
