import { firstContactProvider } from "../../providers/first-contact/provider";
import { generateOpenSshKeyPair } from "../../providers/ssh-key-pair/openssh-key";
import { useOperatorKey } from "../operator-key";
import { type FakeHost, startFakeHost } from "./fake/fake-host";
import { unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

/** What came to the host, in order. */
const seen: { readonly command: string; readonly stdin: string }[] = [];
let code = 0;
const server = providerUnderTest(firstContactProvider, { limit: 40 * 1024 });
let host: FakeHost;

beforeAll(async () => {
  host = await startFakeHost("hive0.example", undefined, (command, stdin) => {
    seen.push({ command, stdin });
    return { code, stderr: code === 0 ? "" : "line one\nthe disk is full\n" };
  });
});
afterAll(() => host.stop());
beforeEach(() => {
  seen.length = 0;
  code = 0;
});

const operators = "ssh-ed25519 AAAAanna anna\n";
const inputs = (bootstrapKey = useOperatorKey().privateKey) => ({
  host: host.access,
  bootstrapKey,
  script: "wait-and-admit",
  operators,
  incarnation: "one",
  revision: "1",
});

describe("FirstContact on the real provider server", () => {
  test("a new server is met with the bootstrap key, and gets the operators on standard input", async () => {
    const { id, outs } = await server.create(inputs());
    expect(id).toBe("hive0.example");
    expect(seen).toEqual([{ command: "wait-and-admit", stdin: operators }]);
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    const read = await server.read(id, outs);
    expect(read.inputs).toEqual(inputs());
    await server.delete(id, outs);
    expect(seen).toHaveLength(1);
  });

  test("a server that was set up before, and knows the bootstrap key no more, is met with the operator's", async () => {
    const stranger = generateOpenSshKeyPair("bootstrap").privateKey;
    await server.create(inputs(stranger));
    expect(seen).toHaveLength(1);
  });

  test("other operators, another script or another key are no difference; a new server is", async () => {
    const { id, outs } = await server.create(inputs());
    const other = { ...inputs(), operators: "x", script: "y", bootstrapKey: "z" };
    expect((await server.diff(id, outs, other)).changes).toBe(false);
    const replaced = { ...inputs(), incarnation: "two" };
    expect((await server.diff(id, outs, replaced)).changes).toBe(true);
    await server.update(id, outs, replaced);
    expect(seen).toHaveLength(2);
    const unknown = { ...inputs(), incarnation: unknownValue };
    expect((await server.diff(id, outs, unknown)).changes).toBe(true);
  });

  test("another revision of the code meets nobody again", async () => {
    const { id, outs } = await server.create(inputs());
    const newer = { ...inputs(), revision: "2" };
    expect((await server.diff(id, outs, newer)).changes).toBe(true);
    await server.update(id, outs, newer);
    expect(seen).toHaveLength(1);
  });

  test("a server that boots late is waited for", async () => {
    await host.die();
    setTimeout(() => void host.revive(), 1500);
    await server.create(inputs());
    expect(seen).toHaveLength(1);
  });

  test("a script that fails is told in its own words", async () => {
    code = 3;
    await expect(server.create(inputs())).rejects.toThrow(
      /first contact with hive0\.example .* exit code 3:\n {2}line one\n {2}the disk is full/,
    );
  });

  test("a server that lets nobody in says with what it was tried", async () => {
    const stranger = generateOpenSshKeyPair("bootstrap").privateKey;
    const wrong = { ...inputs(stranger), host: { ...host.access, user: "somebody" } };
    await expect(server.create(wrong)).rejects.toThrow(
      /let user 'somebody' in with the stage's bootstrap key[^]*in with the key file/,
    );
  });

  test("a server with another host key is never sent anything", async () => {
    const wrong = {
      ...inputs(),
      host: { ...host.access, hostKey: generateOpenSshKeyPair("x").publicKey },
    };
    await expect(server.create(wrong)).rejects.toThrow(/presented the host key/);
    expect(seen).toEqual([]);
  });

  test("nothing that the server printed contains a private key", () => {
    expect(server.log()).not.toContain("PRIVATE KEY");
  });
});
