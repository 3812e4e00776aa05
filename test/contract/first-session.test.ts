import { firstSessionProvider } from "../../fleet/aws/first-session/provider";
import { packed } from "../../providers/framework/packed";
import { generateOpenSshKeyPair } from "../../providers/ssh-key-pair/openssh-key";
import { useOperatorKey } from "../operator-key";
import { type FakeHost, startFakeHost } from "./fake/fake-host";
import { unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const server = providerUnderTest(packed("first-session", firstSessionProvider), {
  limit: 16 * 1024,
});
const own = generateOpenSshKeyPair("own");
const operators = "ssh-ed25519 AAAAanna anna\n";

/** What came to the instance, in order. */
const seen: { readonly command: string; readonly stdin: string }[] = [];
/** How the command that replaces the host key ends. */
let keyCode: number;
/** How many connections more see the old key after the command has ended. */
let late: number;
let host: FakeHost;

beforeEach(async () => {
  seen.length = 0;
  keyCode = 0;
  late = 0;
  host = await startFakeHost("hive0.example", undefined, (command, stdin) => {
    seen.push({ command, stdin });
    if (command !== "replace-the-key") return { code: 0 };
    if (keyCode === 0 && late-- <= 0) host.presentHostKey(stdin);
    return { code: keyCode, stderr: keyCode === 0 ? "" : "not a usable host key\n" };
  });
});
afterEach(() => host.stop());

const inputs = (change: object = {}) => ({
  host: { ...host.access, hostKey: own.publicKey },
  bootstrapKey: useOperatorKey().privateKey,
  script: "wait-and-admit",
  operators,
  bootHostKey: host.access.hostKey,
  hostPrivateKey: own.privateKey,
  keyCommand: "replace-the-key",
  keySeconds: 10,
  incarnation: "i-1",
  revision: "1",
  ...change,
});

const commands = (): readonly string[] => seen.map(({ command }) => command);

describe("FirstSession on the real provider server", () => {
  test("a new instance gets its own host key on standard input, and then the operators", async () => {
    const { id, outs } = await server.create(inputs());
    expect(id).toBe("hive0.example");
    expect(seen).toEqual([
      { command: "replace-the-key", stdin: own.privateKey },
      { command: "wait-and-admit", stdin: operators },
    ]);
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    await server.delete(id, outs);
    expect(seen).toHaveLength(2);
  });

  test("an interrupted session goes on: an instance with its own key is recognised by it", async () => {
    host.presentHostKey(own.privateKey);
    await server.create(inputs());
    expect(commands()).toEqual(["wait-and-admit"]);
  });

  test("a server that takes a connection with the old key once more gets its own key again", async () => {
    late = 1;
    await server.create(inputs());
    expect(commands()).toEqual(["replace-the-key", "replace-the-key", "wait-and-admit"]);
  });

  test("an instance with a key that nobody gave it is sent nothing", async () => {
    host.presentHostKey(generateOpenSshKeyPair("stranger").privateKey);
    await expect(server.create(inputs())).rejects.toThrow(/presented the host key/);
    expect(seen).toEqual([]);
  });

  test("a key that the instance refuses ends the run in its own words, before the operators come in", async () => {
    keyCode = 3;
    await expect(server.create(inputs())).rejects.toThrow(
      /host key of hive0\.example .* could not be replaced \(exit code 3\):\n {2}not a usable host key/,
    );
    expect(commands()).toEqual(["replace-the-key"]);
  });

  test("an instance that boots late is waited for", async () => {
    await host.die();
    setTimeout(() => void host.revive(), 1500);
    await server.create(inputs());
    expect(commands()).toEqual(["replace-the-key", "wait-and-admit"]);
  });

  test("only another instance has another session; other operators and keys are no difference", async () => {
    const { id, outs } = await server.create(inputs());
    const boot = generateOpenSshKeyPair("boot");
    const other = inputs({ operators: "x", script: "y", keyCommand: "z", bootstrapKey: "k" });
    expect((await server.diff(id, outs, other)).changes).toBe(false);
    const unknown = inputs({ incarnation: unknownValue });
    expect((await server.diff(id, outs, unknown)).changes).toBe(true);
    const replaced = inputs({ incarnation: "i-2", bootHostKey: boot.publicKey });
    expect((await server.diff(id, outs, replaced)).changes).toBe(true);
    host.presentHostKey(boot.privateKey);
    // The connections with the first instance.
    host.drop();
    await server.update(id, outs, replaced);
    expect(commands().slice(2)).toEqual(["replace-the-key", "wait-and-admit"]);
  });

  test("another revision of the code has no session with anybody", async () => {
    const { id, outs } = await server.create(inputs());
    const newer = inputs({ revision: "2" });
    expect((await server.diff(id, outs, newer)).changes).toBe(true);
    await server.update(id, outs, newer);
    expect(seen).toHaveLength(2);
  });

  test("nothing that the server printed contains a private key", () => {
    expect(server.log()).not.toContain("PRIVATE KEY");
  });
});
