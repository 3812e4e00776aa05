import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshKeyPairProvider } from "../../providers/ssh-key-pair/provider";
import { generateOpenSshKeyPair } from "../../providers/ssh-key-pair/openssh-key";
import { type ProviderServer, startProviderServer, unknownValue } from "./provider-server";
import { serializeProvider } from "./serialized-provider";

// The start of the server takes seconds on a busy computer.
jest.setTimeout(60_000);

let text: string;
let server: ProviderServer;
let folder: string;
let file: string;

beforeAll(async () => {
  text = (await serializeProvider(sshKeyPairProvider, 24 * 1024)).text;
  server = await startProviderServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hive-ssh-key-pair-"));
  file = join(folder, "ssh", "id_ed25519");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What {@link file} holds. */
const content = (): string => readFileSync(file, "utf8");
const inputs = () => ({ comment: "operator@hive.example", file, revision: 1 });

describe("SshKeyPair on the real provider server", () => {
  test("a key pair without a file lives in the state alone and never changes by itself", async () => {
    const wanted = { comment: "p-hive0.hive.example", revision: 1 };
    const { id, outs } = await server.create(text, wanted);
    expect(outs).toMatchObject({ ...wanted, fingerprint: id, adopted: false });
    expect(outs["publicKey"]).toBe(`${String(outs["hostKey"])} p-hive0.hive.example`);
    expect((await server.diff(text, id, outs, wanted)).changes).toBe(false);
    const seen = await server.read(text, id, outs);
    expect(seen).toEqual({ id, props: outs, inputs: wanted });
    await server.delete(text, id, outs);
  });

  test("the operator's key is written, lost, found missing by diff and refresh, restored, removed", async () => {
    const { id, outs } = await server.create(text, inputs());
    expect(content()).toBe(outs["privateKey"]);
    expect((await server.diff(text, id, outs, inputs())).changes).toBe(false);

    rmSync(file);
    expect((await server.diff(text, id, outs, inputs())).changes).toBe(true);
    const seen = await server.read(text, id, outs);
    expect(seen.inputs).toEqual({ ...inputs(), file: `${file} (missing)` });

    const restored = await server.update(text, id, seen.props, inputs());
    expect(content()).toBe(outs["privateKey"]);
    expect(restored).toEqual(outs);

    await server.delete(text, id, restored);
    await server.delete(text, id, restored);
    expect(existsSync(file)).toBe(false);
  });

  test("a key that was there is adopted and outlives the resource", async () => {
    const mine = generateOpenSshKeyPair("my own");
    await server.create(text, inputs());
    writeFileSync(file, mine.privateKey);
    const { id, outs } = await server.create(text, inputs());
    expect(outs).toMatchObject({ hostKey: mine.publicKey, adopted: true });
    await server.delete(text, id, outs);
    expect(content()).toBe(mine.privateKey);
  });

  test("a key that an interrupted run wrote is taken over and removed at the end", async () => {
    await server.create(text, inputs());
    const { id, outs } = await server.create(text, inputs());
    expect(outs["adopted"]).toBe(false);
    await server.delete(text, id, outs);
    expect(existsSync(file)).toBe(false);
  });

  test("another key in the file is a difference that is never overwritten or removed", async () => {
    const { id, outs } = await server.create(text, inputs());
    const other = generateOpenSshKeyPair("someone else");
    writeFileSync(file, other.privateKey);
    const seen = await server.read(text, id, outs);
    expect(seen.inputs?.["file"]).toBe(`${file} (holds another key)`);
    await expect(server.update(text, id, seen.props, inputs())).rejects.toThrow(
      /holds another key than this stage's .* Move that file away/,
    );
    await server.delete(text, id, outs);
    expect(content()).toBe(other.privateKey);
  });

  test("another file name moves the key, another comment changes the public half only", async () => {
    const { id, outs } = await server.create(text, inputs());
    const moved = { ...inputs(), comment: "new", file: join(folder, "elsewhere") };
    expect((await server.diff(text, id, outs, moved)).changes).toBe(true);
    const after = await server.update(text, id, outs, moved);
    expect(readFileSync(moved.file, "utf8")).toBe(outs["privateKey"]);
    expect(existsSync(file)).toBe(false);
    expect(after["publicKey"]).toBe(`${String(outs["hostKey"])} new`);
  });

  test("a key file open to others is refused with the command that closes it", async () => {
    writeFileSync(join(folder, "open"), generateOpenSshKeyPair("x").privateKey, { mode: 0o644 });
    await expect(server.create(text, { ...inputs(), file: join(folder, "open") })).rejects.toThrow(
      /open to others \(mode 0644\). Run: chmod 600/,
    );
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
