import type { GateRoutePlan } from "../../../model/gate";
import { planRoute } from "../../../model/service/routes";
import { gateConfig, gateStep } from "../../../render/gate";
import { longestCommand } from "../../../render/shell";
import { fitting } from "../../../providers/transport/long-command";

/** The gate of a private stage. */
const gate = { secure: false, hsts: false, ports: { http: 80, https: 443 } };
const app: GateRoutePlan = { ...planRoute({ port: 8080, path: "/app/" }), service: "app" };
const book: GateRoutePlan = { ...planRoute({ port: 80, host: "guestbook" }), service: "book" };
const wiki: GateRoutePlan = {
  ...planRoute({ port: 80, host: "wiki.example", path: "/x/", login: true, timeout: "500ms" }),
  service: "wiki",
};

test("the gate's configuration, with and without login", () => {
  expect(gateConfig({ ...gate, routes: [app] }).text).toMatchSnapshot();
  expect(gateConfig({ ...gate, login: "am", routes: [app, book, wiki] }).text).toMatchSnapshot();
});

describe("a gate that is secure", () => {
  const secure = { ...gate, secure: true };

  test("has at the port of HTTP the way to HTTPS, and nothing else", () => {
    const { text } = gateConfig({ ...secure, login: "am", routes: [app, wiki] });
    expect(text).toMatchSnapshot();
    expect(text.match(/listen 80/g)).toHaveLength(1);
  });

  test.each([
    [443, 'set $https_port "";'],
    [8443, 'set $https_port ":8443";'],
  ])("leads to its port %d", (https, line) => {
    const { text } = gateConfig({ ...secure, ports: { http: 80, https }, routes: [app] });
    expect(text).toContain(line);
  });

  test("tells browsers to come back over HTTPS only where the plan says so", () => {
    const header = "max-age=31536000";
    expect(gateConfig({ ...secure, hsts: true, routes: [app] }).text).toContain(header);
    expect(gateConfig({ ...secure, routes: [app] }).text).not.toContain(header);
  });
});

test("the release follows from the content alone", () => {
  const { release, text } = gateConfig({ ...gate, routes: [app] });
  expect(gateConfig({ ...gate, ports: { http: 8080, https: 8443 }, routes: [app] }).release).toBe(
    release,
  );
  expect(gateConfig({ ...gate, routes: [book] }).release).not.toBe(release);
  expect(text).toContain(`# hive gate, format 2, release ${release}\n`);
});

test.each<Partial<GateRoutePlan>>([
  { path: '/a" { return 200; } location "/b/' },
  { path: "/a;/" },
  { host: "a\nb" },
  { service: 'a"; return 200' },
])("what could become other words than its own is refused: %j", (change) => {
  expect(() => gateConfig({ ...gate, routes: [{ ...app, ...change }] })).toThrow(RangeError);
});

test("the step writes the configuration and asks the running gate for its release", () => {
  const step = gateStep({ ...gate, routes: [app] });
  expect(step).toContain(`gate-release ${gateConfig({ ...gate, routes: [app] }).release}`);
});

test("four hundred routes fit into the step, and into what goes to a server", () => {
  const routes = Array.from({ length: 400 }, (_, index) => ({
    ...book,
    host: `name-${index}`,
    service: `service-${index * 7}`,
    port: 1000 + index,
  }));
  const step = gateStep({ ...gate, routes });
  // Base and firewall, in the same command, are about 40,000 bytes.
  expect(step.length).toBeLessThan(longestCommand - 60_000);
  expect(fitting(step).length).toBeLessThan(60_000);
});
