import { preparedCheck } from "../../fleet/prepared/admin-user/client";
import { adminUserProvider } from "../../fleet/prepared/admin-user/provider";
import { packed } from "../../providers/framework/packed";
import { generateOpenSshKeyPair } from "../../providers/ssh-key-pair/openssh-key";
import { type FakeHost, startFakeHost } from "./fake/fake-host";
import {
  type Properties,
  type ProviderServer,
  startProviderServer,
  unknownValue,
} from "./provider-server";
import { serializeProvider } from "./serialized-provider";
import { eventually } from "../e2e/test-stage";

jest.setTimeout(60_000);

const password = "planted-password";
let text: string;
let server: ProviderServer;
let host: FakeHost;
/** What ran on the host: who ran it, the command, its standard input. */
let ran: [string, string, string][];
let answer: { code: number; stdout?: string; stderr?: string };
/** Whether the admin user has what the first contact gives. */
let prepared: boolean;

beforeAll(async () => {
  text = (await serializeProvider(packed("admin-user", adminUserProvider))).text;
  server = await startProviderServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  ran = [];
  prepared = true;
  answer = { code: 0, stdout: "admin user is ready\n" };
  host = await startFakeHost(`hive${Math.random()}.example`, undefined, (command, stdin, user) => {
    ran.push([user, command, stdin]);
    if (user !== "hive" && answer.code === 0) host.users.set("hive", {});
    return command === preparedCheck ? { code: prepared ? 0 : 1 } : answer;
  });
  host.users.clear();
  host.users.set("root", {});
});
afterEach(() => host.stop());

const inputs = (changes: Properties = {}): Properties => ({
  host: host.access,
  firstUser: "root",
  command: "make the admin user",
  timeoutSeconds: 30,
  removal: "remove all",
  removalSeconds: 30,
  state: "ready",
  revision: "1",
  ...changes,
});
/** The connections are gone, and whoever had them knows it. */
async function dropped(): Promise<void> {
  host.drop();
  await new Promise((resolve) => setTimeout(resolve, 300));
}
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);

describe("AdminUser", () => {
  test("the first contact is by the operator's key, and is made once", async () => {
    const { id, outs } = await server.create(text, inputs());
    expect([id, outs]).toEqual([host.access.name, inputs()]);
    expect(ran).toEqual([
      ["root", "make the admin user", ""],
      ["hive", preparedCheck, ""],
    ]);
    expect(await server.diff(text, id, outs, inputs())).toMatchObject({ changes: false });
    // Who logged in first, and another text for removing, are written down without a session.
    const next = inputs({ firstUser: "debian", removal: "remove more" });
    expect(await server.update(text, id, outs, next)).toEqual(next);
    expect(ran).toHaveLength(2);
  });

  test("a server that has its admin user is adopted, without the one-time password", async () => {
    host.users.clear();
    host.users.set("hive", {});
    await server.create(text, inputs({ password }));
    expect(ran).toEqual([["hive", preparedCheck, ""]]);
  });

  test("a user of the server's own, who can become root but was not made ready, is made so", async () => {
    host.users.clear();
    host.users.set("hive", {});
    prepared = false;
    const met = server.create(text, inputs({ firstUser: "hive" }));
    while (!ran.some(([, command]) => command === "make the admin user"))
      await new Promise((resolve) => setTimeout(resolve, 20));
    prepared = true;
    await met;
    expect(ran.map(([user, command]) => `${user}: ${command}`).slice(0, 2)).toEqual([
      `hive: ${preparedCheck}`,
      "hive: make the admin user",
    ]);
  });

  test("a one-time password lets in, stands in no command, and is dropped", async () => {
    host.users.set("root", { password });
    const { id, outs } = await server.create(text, inputs({ password }));
    expect(outs).toEqual(inputs());
    expect(ran.map(([user, command]) => [user, command.includes(password)])).toEqual([
      ["root", false],
      ["hive", false],
    ]);
    // For sudo, where it asks.
    expect(ran[0]?.[2]).toBe(`${password}\n`);
    // Its removal from the stage is no change.
    expect(await server.diff(text, id, { ...outs, password }, inputs())).toMatchObject({
      changes: false,
    });
  });

  test("a failure tells who logged in and what was said, never the password", async () => {
    host.users.set("root", { password });
    answer = { code: 1, stderr: `no space left; ${password}\n` };
    const failure = await failureOf(server.create(text, inputs({ password })));
    expect(failure).toMatch(/as 'root' failed with exit code 1:\s+no space left/);
    expect(failure + server.log()).not.toContain(password);
  });

  test("a wrong password is told as such", async () => {
    host.users.set("root", { password: "another" });
    const failure = await failureOf(server.create(text, inputs({ password })));
    expect(failure).toMatch(/does not let user 'root' in with the one-time password/);
    expect(failure).not.toContain(password);
  });

  test("nothing is sent to a server with another key than the pinned one", async () => {
    host.users.set("root", { password });
    const { publicKey: hostKey } = generateOpenSshKeyPair("");
    const failure = await failureOf(
      server.create(text, inputs({ password, host: { ...host.access, hostKey } })),
    );
    expect(failure).toMatch(/presented the host key SHA256:.*, but SHA256:.* is pinned/);
    expect(ran).toEqual([]);
  });

  test("a server that was installed anew is met again", async () => {
    const { id, outs } = await server.create(text, inputs());
    host.users.delete("hive");
    await dropped();
    const before = {
      ...(outs["host"] as Properties),
      hostKey: generateOpenSshKeyPair("").publicKey,
    };
    const olds = { ...outs, host: before };
    expect(await server.diff(text, id, olds, inputs())).toMatchObject({
      changes: true,
      replaces: [],
    });
    await server.update(text, id, olds, inputs());
    expect(ran.filter(([user]) => user === "root")).toHaveLength(2);
  });

  test("a refresh shows that the admin user cannot log in any more; a dead server shows nothing", async () => {
    const { id, outs } = await server.create(text, inputs());
    host.users.delete("hive");
    await dropped();
    const seen = await server.read(text, id, outs);
    expect(seen.inputs).toMatchObject({ state: "cannot log in" });
    expect(await server.diff(text, id, { ...outs, ...seen.inputs }, inputs())).toMatchObject({
      changes: true,
    });
    await host.die();
    expect((await server.read(text, id, outs)).inputs).toMatchObject({ state: "ready" });
  });

  test("its end removes what hive put there, says what is left and what stays, and forgives a dead server", async () => {
    const { id, outs } = await server.create(text, inputs());
    answer = { code: 0, stdout: "left units: busy\nremoved\n" };
    await server.delete(text, id, outs);
    expect(ran.at(-1)).toEqual(["hive", "remove all", ""]);
    expect(server.log()).toMatch(
      /admin user 'hive' stay.*\n.*could not be removed:\n.* units: busy/,
    );
    await host.die();
    await server.delete(text, id, outs);
    // What the provider prints may come after its answer.
    await eventually(5, () =>
      server.log().includes(`hive could not be removed from ${host.access.name}`)
        ? true
        : undefined,
    );
  });

  test("its end forgets nothing on a server that lives and lets this computer in no more", async () => {
    const { id, outs } = await server.create(text, inputs());
    host.users.delete("hive");
    await dropped();
    expect(await failureOf(server.delete(text, id, outs))).toMatch(/does not let user 'hive' in/);
  });

  test("unknown inputs are a change", async () => {
    const { id, outs } = await server.create(text, inputs());
    const news = { ...inputs(), command: unknownValue };
    expect(await server.diff(text, id, outs, news)).toMatchObject({ changes: true });
  });
});
