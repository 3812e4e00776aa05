import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type * as pulumi from "@pulumi/pulumi";

import { partialFailure } from "../../providers/framework/dynamic";
import { isKnown } from "../../providers/framework/unknown-value";
import {
  PartialFailure,
  type ProviderServer,
  startProviderServer,
  unknownValue,
} from "./provider-server";
import { rehydrate, serializeProvider } from "./serialized-provider";

interface Note {
  readonly file: string;
  readonly text: string;
}

/**
 * Keeps a text in a file: the smallest provider that has every method. Its `create` fails half-way
 * on demand.
 */
class NoteProvider implements pulumi.dynamic.ResourceProvider<Note, Note> {
  check(_olds: Note, news: Note): Promise<pulumi.dynamic.CheckResult<Note>> {
    const failures =
      isKnown(news.text) && news.text.length > 20
        ? [{ property: "", reason: "text is longer than 20 characters" }]
        : [];
    return Promise.resolve({ inputs: news, failures });
  }
  diff(_id: string, olds: Note, news: Note): Promise<pulumi.dynamic.DiffResult> {
    const replaces = olds.file === news.file ? [] : ["file"];
    return Promise.resolve({
      changes: replaces.length > 0 || olds.text !== news.text,
      replaces,
      deleteBeforeReplace: true,
    });
  }
  create(inputs: Note): Promise<pulumi.dynamic.CreateResult<Note>> {
    writeFileSync(inputs.file, inputs.text);
    if (inputs.text === "half") {
      throw partialFailure("only half of it was written", inputs.file, { ...inputs });
    }
    if (inputs.text === "never") {
      throw new Error("nothing was written");
    }
    return Promise.resolve({ id: inputs.file, outs: inputs });
  }
  read(id: string, props?: Note): Promise<pulumi.dynamic.ReadResult<Note>> {
    try {
      const seen = { file: id, text: readFileSync(id, "utf8") };
      return Promise.resolve({ id, props: seen, inputs: seen });
    } catch {
      return Promise.resolve(props === undefined ? { id: "" } : { id: "", props });
    }
  }
  update(id: string, _olds: Note, news: Note): Promise<pulumi.dynamic.UpdateResult<Note>> {
    writeFileSync(id, news.text);
    return Promise.resolve({ outs: news });
  }
  delete(id: string): Promise<void> {
    rmSync(id, { force: true });
    return Promise.resolve();
  }
}

let folder: string;
let file: string;
let text: string;
let server: ProviderServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hive-contract-"));
  file = join(folder, "note");
  text = (await serializeProvider(new NoteProvider())).text;
  server = await startProviderServer();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("a serialized provider", () => {
  test("works rebuilt from its text, without the variables of the original", async () => {
    const provider = rehydrate(text);
    await provider.create({ file, text: "one" });
    expect(readFileSync(file, "utf8")).toBe("one");
  });

  test("may not be larger than its limit", async () => {
    await expect(serializeProvider(new NoteProvider(), 100)).rejects.toThrow(/the limit is 100/);
  });

  test("may not carry a folder of this computer", async () => {
    const here = `${process.cwd()}/secret-place`;
    const provider = { create: () => Promise.resolve({ id: here }) };
    await expect(serializeProvider(provider)).rejects.toThrow(/names a folder of this computer/);
  });
});

describe("the provider server", () => {
  test("goes through a resource's life: create, diff, update, read, delete", async () => {
    const { id, outs } = await server.create(text, { file, text: "one" });
    expect({ id, outs }).toEqual({ id: file, outs: { file, text: "one" } });

    expect((await server.diff(text, id, outs, outs)).changes).toBe(false);
    expect((await server.diff(text, id, outs, { file, text: "two" })).changes).toBe(true);
    expect(await server.diff(text, id, outs, { file: "/elsewhere", text: "one" })).toEqual({
      changes: true,
      replaces: ["file"],
      deleteBeforeReplace: true,
    });

    await server.update(text, id, outs, { file, text: "two" });
    expect(readFileSync(file, "utf8")).toBe("two");

    writeFileSync(file, "drifted");
    expect((await server.read(text, id, outs)).inputs).toEqual({ file, text: "drifted" });

    await server.delete(text, id, outs);
    await server.delete(text, id, outs);
    expect((await server.read(text, id, outs)).id).toBe("");
  });

  test("passes check failures on, and the sentinel for unknown values", async () => {
    const long = await server.check(text, { file, text: "x".repeat(21) });
    expect(long.failures).toEqual([{ property: "", reason: "text is longer than 20 characters" }]);
    expect((await server.check(text, { file, text: unknownValue })).failures).toEqual([]);
  });

  test("tells a create that failed half-way from one that changed nothing", async () => {
    const half = await server.create(text, { file, text: "half" }).catch((error: unknown) => error);
    expect(half).toBeInstanceOf(PartialFailure);
    expect(half).toMatchObject({
      id: file,
      properties: { file, text: "half" },
      reasons: ["only half of it was written"],
    });
    const never = await server
      .create(text, { file, text: "never" })
      .catch((error: unknown) => error);
    expect(never).not.toBeInstanceOf(PartialFailure);
    expect(never).toMatchObject({ message: "nothing was written" });
  });
});
