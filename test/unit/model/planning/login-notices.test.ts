import type { Service } from "../../../../model/inventory";
import { site as example } from "../../../../site/site";
import { planWith } from "../plans";
import { image } from "../problems-of";

const am: Service = { image, networks: ["login"] };
const wiki: Service = {
  image,
  routes: [{ port: 8080, login: true }],
  networks: ["wiki"],
};
const noticesOf = (services: Readonly<Record<string, Service>>): readonly string[] =>
  planWith({
    site: {
      name: "hive.example",
      networks: { login: {}, wiki: {}, back: {} },
      gate: { login: "am" },
      services: { am, ...services },
    },
  }).notices;
const believes = "The service wiki lets the gate say who asks (login: true), but ";

describe("a service that lets the gate say who asks", () => {
  test.each<[string, Readonly<Record<string, Service>>]>([
    ["is alone with the gate on its network", { wiki, blog: { image, networks: ["back"] } }],
    ["may be on one with the login service", { wiki, am: { image, networks: ["login", "wiki"] } }],
    ["may publish another port", { wiki: { ...wiki, ports: ["9000:9000"] } }],
  ])("%s: nothing is said", (_, services) => {
    expect(noticesOf(services)).toEqual([]);
  });

  test("shares a network with a neighbour, who can forge its headers", () => {
    expect(noticesOf({ wiki, blog: { image, networks: ["back", "wiki"] } })).toEqual([
      `${believes}blog can send it any name: it shares the network wiki with it. ` +
        "Give wiki a network on which only the gate reaches it.",
    ]);
  });

  test("shares several with several", () => {
    const shared = { ...wiki, networks: ["wiki", "back"] };
    const services = {
      wiki: shared,
      blog: { image, networks: ["wiki"] },
      shop: { image, networks: ["back"] },
      news: { image, networks: ["back"] },
    };
    expect(noticesOf(services)).toEqual([
      `${believes}blog, news and shop can send it any name: they share the networks back and wiki with it. ` +
        "Give wiki a network on which only the gate reaches it.",
    ]);
  });

  test("publishes the port to which the gate leads", () => {
    expect(noticesOf({ wiki: { ...wiki, ports: ["8080", "8080:8080/udp"] } })).toEqual([
      `${believes}port 8080 of the servers leads around the gate: ` +
        "who asks there needs no login, and can send any name. Remove it from ports.",
    ]);
    expect(noticesOf({ wiki: { ...wiki, ports: ["8080", "9000:8080"] } })).toEqual([
      `${believes}the ports 8080 and 9000 of the servers lead around the gate: ` +
        "who asks there needs no login, and can send any name. Remove them from ports.",
    ]);
  });

  test("has company without effect where the route is for everybody", () => {
    const open: Service = { ...wiki, routes: [{ port: 8080, login: false }], ports: ["8080:8080"] };
    expect(noticesOf({ wiki: open, blog: { image, networks: ["wiki"] } })).toEqual([]);
  });
});

test("in the worked example nobody but the gate reaches the portal, and the gate not the directory", () => {
  const plan = planWith({ site: example });
  const members = (network: string): readonly string[] =>
    plan.services
      .filter(({ networks }) => networks.some((joined) => joined.network === network))
      .map(({ name }) => name);
  expect(Object.fromEntries(plan.overlays.map(({ name }) => [name, members(name)]))).toEqual({
    directory: ["am", "ldap"],
    login: ["am", "gate"],
    portal: ["gate", "portal"],
  });
  expect(plan.notices.filter((notice) => notice.includes("any name"))).toEqual([]);
});
