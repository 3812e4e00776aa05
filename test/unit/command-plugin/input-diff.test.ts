import { diffInputs } from "../../../toolchain/plugins/command/input-diff";
import {
  copyToRemote,
  localCommand,
  remoteCommand,
} from "../../../toolchain/plugins/command/input-types";
import { archive, asset, secret, unknown } from "./marks";

const connection = (host: string) => secret({ host, user: "root", port: 22 });

/** What has changed, as "path kind", with "!" where it replaces. */
const changes = (olds: object, news: object, inputs: typeof remoteCommand = remoteCommand) =>
  diffInputs(olds as Record<string, unknown>, news as Record<string, unknown>, inputs).map(
    ({ path, kind, replace }) => `${path} ${kind}${replace ? "!" : ""}`,
  );

describe("what reruns a command", () => {
  const base = {
    create: "a",
    connection: connection("h1"),
    environment: { A: "1" },
    triggers: [1, "x"],
  };

  test.each<[string, object, string[]]>([
    ["nothing", {}, []],
    ["create", { create: "b" }, ["create update"]],
    ["update, added", { update: "b" }, ["update add"]],
    ["delete, added", { delete: "b" }, ["delete add"]],
    ["create, removed", { create: null }, ["create delete"]],
    ["a variable", { environment: { A: "2" } }, ["environment.A update"]],
    ["a variable with dots", { environment: { A: "1", "a.b": "" } }, ['environment["a.b"] add']],
    ["stdin", { stdin: secret("s") }, ["stdin add"]],
    ["logging", { logging: "none" }, ["logging add"]],
    ["the host", { connection: connection("h2") }, ["connection update"]],
    ["a trigger", { triggers: [1, "y"] }, ["triggers[1] update!"]],
    ["one trigger more", { triggers: [1, "x", 2] }, ["triggers[2] add!"]],
    ["one trigger less", { triggers: [1] }, ["triggers[1] delete!"]],
    ["all triggers", { triggers: null }, ["triggers delete!"]],
    ["a trigger that is not known yet", { triggers: [1, unknown] }, ["triggers[1] update!"]],
    ["an input that is not known yet", { create: unknown }, ["create update"]],
    ["a secret that is not known yet", { connection: secret(unknown) }, ["connection update"]],
    ["a value that becomes a secret", { create: secret("a") }, ["create update"]],
    ["outputs in the state", { stdout: "x", stderr: "y" }, []],
  ])("%s", (_what, changed, expected) => {
    expect(changes(base, { ...base, ...changed })).toEqual(expected);
  });

  test("what the last run printed is no input", () => {
    expect(changes({ ...base, stdout: "x", stderr: "" }, base)).toEqual([]);
  });

  test("an equal secret has not changed", () => {
    const secrets = { stdin: secret("s"), environment: secret({ A: "1" }) };
    expect(changes(secrets, structuredClone(secrets))).toEqual([]);
  });

  test("a value that is no secret any more has changed", () => {
    expect(changes({ stdin: secret("s") }, { stdin: "s" })).toEqual(["stdin update"]);
  });

  test("an input that only the other kind of command has is not looked at", () => {
    expect(changes({ dir: "/a" }, { dir: "/b" })).toEqual([]);
    expect(changes({ dir: "/a" }, { dir: "/b" }, localCommand)).toEqual(["dir update"]);
  });
});

describe("what copies again", () => {
  const source = asset({ hash: "aa", path: "./a" });
  const base = { connection: connection("h"), source, remotePath: "/a" };

  test.each<[string, object, string[]]>([
    ["the same content at another place", { source: asset({ hash: "aa", path: "./b" }) }, []],
    ["another content", { source: asset({ hash: "bb", path: "./a" }) }, ["source update"]],
    ["an archive instead", { source: archive({ hash: "cc", path: "./a" }) }, ["source update"]],
    ["the remote path", { remotePath: "/b" }, ["remotePath update"]],
  ])("%s", (_what, changed, expected) => {
    expect(changes(base, { ...base, ...changed }, copyToRemote)).toEqual(expected);
  });
});
