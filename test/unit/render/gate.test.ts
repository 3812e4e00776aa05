import type { GateRoutePlan } from "../../../model/gate";
import { planRoute } from "../../../model/service/routes";
import { gateConfig, gateStep } from "../../../render/gate";
import { longestCommand } from "../../../render/shell";
import { fitting } from "../../../providers/transport/long-command";

const ports = { http: 80, https: 443 };
const app: GateRoutePlan = { ...planRoute({ port: 8080, path: "/app/" }), service: "app" };
const book: GateRoutePlan = { ...planRoute({ port: 80, host: "guestbook" }), service: "book" };
const wiki: GateRoutePlan = {
  ...planRoute({ port: 80, host: "wiki.example", path: "/x/", login: true, timeout: "500ms" }),
  service: "wiki",
};

test("the gate's configuration, with and without login", () => {
  expect(gateConfig({ ports, routes: [app] }).text).toMatchSnapshot();
  expect(gateConfig({ ports, login: "am", routes: [app, book, wiki] }).text).toMatchSnapshot();
});

test("the release follows from the content alone", () => {
  const { release, text } = gateConfig({ ports, routes: [app] });
  expect(gateConfig({ ports: { http: 8080, https: 8443 }, routes: [app] }).release).toBe(release);
  expect(gateConfig({ ports, routes: [book] }).release).not.toBe(release);
  expect(text).toContain(`# hive gate, format 1, release ${release}\n`);
});

test.each<Partial<GateRoutePlan>>([
  { path: '/a" { return 200; } location "/b/' },
  { path: "/a;/" },
  { host: "a\nb" },
  { service: 'a"; return 200' },
])("what could become other words than its own is refused: %j", (change) => {
  expect(() => gateConfig({ ports, routes: [{ ...app, ...change }] })).toThrow(RangeError);
});

test("the step writes the configuration and asks the running gate for its release", () => {
  const step = gateStep({ ports, routes: [app] });
  expect(step).toContain(`gate-release ${gateConfig({ ports, routes: [app] }).release}`);
});

test("four hundred routes fit into the step, and into what goes to a server", () => {
  const routes = Array.from({ length: 400 }, (_, index) => ({
    ...book,
    host: `name-${index}`,
    service: `service-${index * 7}`,
    port: 1000 + index,
  }));
  const step = gateStep({ ports, routes });
  // Base and firewall, in the same command, are about 40,000 bytes.
  expect(step.length).toBeLessThan(longestCommand - 60_000);
  expect(fitting(step).length).toBeLessThan(60_000);
});
