import { sshKeyPairProvider } from "../../providers/ssh-key-pair/provider";
import { unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const server = providerUnderTest(sshKeyPairProvider, { limit: 24 * 1024 });

describe("SshKeyPair on the real provider server", () => {
  test("a key pair lives in the state alone and never changes by itself", async () => {
    const wanted = { comment: "p-hive0.hive.example", revision: 1 };
    const { id, outs } = await server.create(wanted);
    expect(outs).toMatchObject({ ...wanted, fingerprint: id });
    expect(outs["publicKey"]).toBe(`${String(outs["hostKey"])} p-hive0.hive.example`);
    expect((await server.diff(id, outs, wanted)).changes).toBe(false);
    const seen = await server.read(id, outs);
    expect(seen).toEqual({ id, props: outs, inputs: wanted });
    await server.delete(id, outs);
  });

  test("another comment changes the public half only", async () => {
    const { id, outs } = await server.create({ comment: "old", revision: 1 });
    const renamed = { comment: "new", revision: 1 };
    expect((await server.diff(id, outs, renamed)).changes).toBe(true);
    const after = await server.update(id, outs, renamed);
    expect(after["privateKey"]).toBe(outs["privateKey"]);
    expect(after["publicKey"]).toBe(`${String(outs["hostKey"])} new`);
  });

  test("the file of an older version goes from the state, with the code that looked at it; the key stays", async () => {
    const { id, outs } = await server.create({ comment: "x", revision: 1 });
    const older = { ...outs, file: "/nowhere/id_ed25519", adopted: false };
    const wanted = { comment: "x", revision: 1 };
    expect((await server.diff(id, older, wanted)).changes).toBe(true);
    expect(await server.update(id, older, wanted)).toEqual(outs);
  });

  test("unknown values of a preview are accepted", async () => {
    const preview = { comment: unknownValue, revision: 1 };
    expect((await server.check(preview)).failures).toEqual([]);
    const { id, outs } = await server.create({ comment: "x", revision: 1 });
    expect((await server.diff(id, outs, preview)).changes).toBe(true);
  });

  test("a comment of two lines is refused by name", async () => {
    const { failures } = await server.check({ comment: "a\nb", revision: 1 });
    expect(failures).toEqual([
      { property: "", reason: "comment: must be one line of printable ASCII characters" },
    ]);
  });

  test("nothing that the server printed contains a private key", () => {
    expect(server.log()).not.toContain("PRIVATE KEY");
  });
});
