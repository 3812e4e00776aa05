import { checkInputs } from "../../../toolchain/plugins/command/input-check";
import {
  copyToRemote,
  localCommand,
  remoteCommand,
} from "../../../toolchain/plugins/command/input-types";
import { archive, asset, secret, unknown } from "./marks";

const reasons = (news: Record<string, unknown>, inputs = remoteCommand) =>
  checkInputs(news, inputs).failures.map(({ property, reason }) => `${property} ${reason}`);

describe("defaults", () => {
  test("a connection is filled up and becomes a secret", () => {
    const { inputs, failures } = checkInputs(
      { connection: { host: "h", port: 2222 } },
      remoteCommand,
    );
    expect(failures).toEqual([]);
    expect(inputs).toEqual({
      connection: secret({
        host: "h",
        port: 2222,
        user: "root",
        dialErrorLimit: 10,
        perDialTimeout: 15,
      }),
    });
  });

  test("a proxy has the same defaults", () => {
    const connection = secret({ host: "h", proxy: { host: "p", user: "me" } });
    expect(checkInputs({ connection }, remoteCommand).inputs.connection).toEqual(
      secret({
        host: "h",
        user: "root",
        port: 22,
        dialErrorLimit: 10,
        perDialTimeout: 15,
        proxy: { host: "p", user: "me", port: 22, dialErrorLimit: 10, perDialTimeout: 15 },
      }),
    );
  });

  test("limits that are given stay, zero too", () => {
    const connection = { host: "h", user: "u", port: 22, dialErrorLimit: -1, perDialTimeout: 0 };
    expect(checkInputs({ connection }, remoteCommand).inputs.connection).toEqual(
      secret(connection),
    );
  });

  test("nothing else is added, and marks stay", () => {
    const news = {
      create: "a",
      stdin: secret("s"),
      environment: { A: secret("x") },
      triggers: [1],
    };
    expect(checkInputs(news, localCommand)).toEqual({ inputs: news, failures: [] });
  });
});

describe("what is refused", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["no connection", { create: "a" }, "connection is required"],
    ["no host", { connection: { user: "u" } }, "connection.host is required"],
    [
      "a port as text",
      { connection: { host: "h", port: "22" } },
      "connection.port must be a number, but is a string",
    ],
    [
      "half an attempt",
      { connection: { host: "h", dialErrorLimit: 1.5 } },
      "connection.dialErrorLimit must be a whole number, but is a number",
    ],
    [
      "a variable that is a number",
      { connection: { host: "h" }, environment: { A: 1 } },
      "environment.A must be a string, but is a number",
    ],
    [
      "another logging",
      { connection: { host: "h" }, logging: "some" },
      "logging must be one of stdout, stderr, stdoutAndStderr, none, but is a string",
    ],
    [
      "triggers that are no list",
      { connection: { host: "h" }, triggers: {} },
      "triggers must be a list, but is an object",
    ],
  ])("%s", (_what, news, expected) => {
    expect(reasons(news)).toEqual([expected]);
  });

  test("all of it at once", () => {
    expect(reasons({ connection: { port: "x" }, create: 1 })).toHaveLength(3);
  });

  test("a misspelt key is named, and nothing of the connection is quoted", () => {
    const connection = secret({ host: "h", privateKey: "PLANTED-KEY", privatKey: "PLANTED-TOO" });
    const { failures } = checkInputs({ connection }, remoteCommand);
    expect(failures).toEqual([
      { property: "connection.privatKey", reason: expect.stringContaining("privateKey") },
    ]);
    expect(JSON.stringify(failures)).not.toContain("PLANTED");
  });

  test.each<[string, object, string[]]>([
    ["a file", asset({ hash: "a", path: "./a" }), []],
    ["a text", asset({ hash: "a", text: "hello" }), []],
    ["an empty text", asset({ hash: "a" }), []],
    ["a directory", archive({ hash: "a", path: "./a" }), []],
    [
      "a remote file",
      asset({ hash: "a", uri: "https://x" }),
      ["source must be a FileAsset or a StringAsset, not a remote asset"],
    ],
    [
      "an archive of assets",
      archive({ hash: "a", assets: {} }),
      ["source must be a FileArchive of a local file or directory"],
    ],
    ["a string", { path: "./a" }, ["source must be an asset or an archive"]],
  ])("as a source: %s", (_what, source, expected) => {
    expect(reasons({ connection: { host: "h" }, remotePath: "/a", source }, copyToRemote)).toEqual(
      expected,
    );
  });
});

test("what is not known yet is not judged", () => {
  expect(reasons({ connection: unknown, create: unknown, environment: { A: unknown } })).toEqual(
    [],
  );
  expect(
    reasons({ connection: secret({ host: unknown, port: unknown }), triggers: unknown }),
  ).toEqual([]);
  expect(
    reasons({ connection: { host: "h" }, source: unknown, remotePath: unknown }, copyToRemote),
  ).toEqual([]);
});
