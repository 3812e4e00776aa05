import { packed } from "../../providers/framework/packed";
import { hostStepProvider } from "../../providers/host-step/provider";
import { type FakeHost, startFakeHost } from "./fake/fake-host";
import { type Properties, startProviderServer, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const server = providerUnderTest(packed("host-step", hostStepProvider));
let host: FakeHost;
/** What ran on the host, with its standard input. */
let ran: [string, string][];
let answer: { code: number; stdout?: string; stderr?: string };

beforeEach(async () => {
  ran = [];
  answer = { code: 0, stdout: "firewall: changed\n" };
  host = await startFakeHost(`hive${Math.random()}.example`, undefined, (command, stdin) => {
    ran.push([command, stdin]);
    return answer;
  });
});
afterEach(() => host.stop());

const inputs = (changes: Properties = {}): Properties => ({
  host: host.access,
  incarnation: "server-0",
  step: "firewall",
  script: "converge the firewall",
  input: "planted-secret",
  timeoutSeconds: 30,
  state: "converged",
  revision: "1",
  ...changes,
});
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);

describe("HostStep", () => {
  test("runs once, with its input, and not again while nothing differs", async () => {
    const { id, outs } = await server.create(inputs());
    expect([id, outs]).toEqual([`${host.access.name}/firewall`, { ...inputs(), missing: false }]);
    expect(ran).toEqual([["converge the firewall", "planted-secret"]]);
    expect(await server.diff(id, outs, inputs())).toMatchObject({ changes: false });
    // Another way to the host, or new code, is written down without a session.
    const moved = inputs({ revision: "2" });
    expect(await server.diff(id, outs, moved)).toMatchObject({ changes: true });
    expect(await server.update(id, outs, moved)).toMatchObject({ missing: false });
    expect(ran).toHaveLength(1);
  });

  test.each([
    ["text", { script: "another text" }],
    ["input", { input: "another" }],
    ["server", { incarnation: "server-1" }],
  ])("runs again for another %s, in place", async (_, change) => {
    const { id, outs } = await server.create(inputs());
    const diff = await server.diff(id, outs, inputs(change));
    expect([diff.changes, diff.replaces]).toEqual([true, []]);
    await server.update(id, outs, inputs(change));
    expect(ran).toHaveLength(2);
  });

  test("a host that does not answer is missing, told once, and done when it is back", async () => {
    await host.die();
    const { id, outs } = await server.create(inputs());
    expect(outs).toMatchObject({ missing: true });
    const second = await server.create(inputs({ step: "engine" }));
    expect(second.outs).toMatchObject({ missing: true });
    const told = server
      .log()
      .split(`The server ${host.access.name} does not answer; the run goes on`);
    expect(told).toHaveLength(2);
    await host.revive();
    // Not in the same run: no step is done on a host on which an earlier one was not.
    expect(await server.update(id, outs, inputs())).toMatchObject({ missing: true });
    expect(ran).toHaveLength(0);
    const next = await startProviderServer();
    try {
      expect(await next.diff(server.text(), id, outs, inputs())).toMatchObject({ changes: true });
      expect(await next.update(server.text(), id, outs, inputs())).toMatchObject({
        missing: false,
      });
    } finally {
      await next.stop();
    }
    expect(ran).toHaveLength(1);
  });

  test("a server that was made anew must answer: others may wait for it to be in service", async () => {
    const { id, outs } = await server.create(inputs());
    await host.die();
    const anew = inputs({ incarnation: "server-1" });
    expect(await failureOf(server.update(id, outs, anew))).toMatch(
      // It has just died: the connection may look open for a moment.
      /Cannot reach|does not answer|connection to hive0\S* \S* was lost/,
    );
  });

  test("a step that fails says its own words, and no secret", async () => {
    answer = { code: 1, stderr: "hive: firewall on hive0: no such table planted-secret\n" };
    const failure = await failureOf(server.create(inputs()));
    expect(failure).toContain(
      "the step firewall failed with exit code 1:\n  hive: firewall on hive0",
    );
    expect(failure).toContain("no such table [secret]");
    answer = { code: 124, stderr: "" };
    expect(await failureOf(server.create(inputs()))).toContain("timed out after 30 s");
  });

  test("a refresh looks, changes nothing and shows what differs under an input's name", async () => {
    const { id, outs } = await server.create(inputs());
    answer = { code: 0, stdout: "note left\nfirewall: looked\n" };
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    expect(ran.at(-1)).toEqual(["HIVE_MODE=check; converge the firewall", "planted-secret"]);
    answer = { code: 0, stdout: "differs /etc/a\ndiffers groups of hive\n" };
    const found = await server.read(id, outs);
    expect(found.inputs).toEqual(inputs({ state: "differs: /etc/a, groups of hive" }));
    expect(await server.diff(id, found.props, inputs())).toMatchObject({ changes: true });
    // What somebody has put right by hand is no difference any more.
    answer = { code: 0, stdout: "firewall: looked\n" };
    expect((await server.read(id, found.props)).inputs).toEqual(inputs());
    await host.die();
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
  });

  test("a value that is not known yet is a change, without a session", async () => {
    const { id, outs } = await server.create(inputs());
    const unknown = inputs({ script: unknownValue });
    expect(await server.diff(id, outs, unknown)).toMatchObject({ changes: true });
    expect(ran).toHaveLength(1);
  });

  test("its deletion touches nothing, also on a dead host", async () => {
    const { id, outs } = await server.create(inputs());
    await host.die();
    await server.delete(id, outs);
    expect(ran).toHaveLength(1);
  });
});
