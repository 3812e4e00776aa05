import { sshKeyPairProvider } from "../../providers/ssh-key-pair/provider";
import { type ProviderServer, startProviderServer, unknownValue } from "./provider-server";
import { serializeProvider } from "./serialized-provider";

// The start of the server takes seconds on a busy computer.
jest.setTimeout(60_000);

let text: string;
let server: ProviderServer;

beforeAll(async () => {
  text = (await serializeProvider(sshKeyPairProvider, 24 * 1024)).text;
  server = await startProviderServer();
});
afterAll(() => server.stop());
describe("SshKeyPair on the real provider server", () => {
  test("a key pair lives in the state alone and never changes by itself", async () => {
    const wanted = { comment: "p-hive0.hive.example", revision: 1 };
    const { id, outs } = await server.create(text, wanted);
    expect(outs).toMatchObject({ ...wanted, fingerprint: id });
    expect(outs["publicKey"]).toBe(`${String(outs["hostKey"])} p-hive0.hive.example`);
    expect((await server.diff(text, id, outs, wanted)).changes).toBe(false);
    const seen = await server.read(text, id, outs);
    expect(seen).toEqual({ id, props: outs, inputs: wanted });
    await server.delete(text, id, outs);
  });

  test("another comment changes the public half only", async () => {
    const { id, outs } = await server.create(text, { comment: "old", revision: 1 });
    const renamed = { comment: "new", revision: 1 };
    expect((await server.diff(text, id, outs, renamed)).changes).toBe(true);
    const after = await server.update(text, id, outs, renamed);
    expect(after["privateKey"]).toBe(outs["privateKey"]);
    expect(after["publicKey"]).toBe(`${String(outs["hostKey"])} new`);
  });

  test("a file that an older version kept is no difference, and no file is looked at", async () => {
    const { id, outs } = await server.create(text, { comment: "x", revision: 1 });
    const older = { ...outs, file: "/nowhere/id_ed25519", adopted: false };
    expect((await server.diff(text, id, older, { comment: "x", revision: 1 })).changes).toBe(false);
  });

  test("unknown values of a preview are accepted", async () => {
    const preview = { comment: unknownValue, revision: 1 };
    expect((await server.check(text, preview)).failures).toEqual([]);
    const { id, outs } = await server.create(text, { comment: "x", revision: 1 });
    expect((await server.diff(text, id, outs, preview)).changes).toBe(true);
  });

  test("a comment of two lines is refused by name", async () => {
    const { failures } = await server.check(text, { comment: "a\nb", revision: 1 });
    expect(failures).toEqual([
      { property: "", reason: "comment: must be one line of printable ASCII characters" },
    ]);
  });

  test("nothing that the server printed contains a private key", () => {
    expect(server.log()).not.toContain("PRIVATE KEY");
  });
});
