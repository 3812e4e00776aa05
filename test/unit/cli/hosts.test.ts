import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../../cli/failure";
import { findHost } from "../../../cli/hosts/host-name";
import { readOutputs } from "../../../cli/hosts/outputs";
import { sshArguments } from "../../../cli/hosts/ssh-arguments";
import { knownHosts, sshConfig } from "../../../cli/hosts/ssh-files";

const hosts = [0, 1, 2, 3].map((index) => ({ name: `p-hive${index}.hive.example` }));

describe("which host is meant", () => {
  test.each([
    ["hive0", "p-hive0.hive.example"],
    ["p-hive1", "p-hive1.hive.example"],
    ["p-hive2.hive.example", "p-hive2.hive.example"],
    ["3", "p-hive3.hive.example"],
    ["HIVE0", "p-hive0.hive.example"],
  ])("%s", (wanted, name) => {
    expect(findHost(hosts, wanted).name).toBe(name);
  });

  test("production has no prefix", () => {
    expect(findHost([{ name: "hive0.hive.example" }], "hive0").name).toBe("hive0.hive.example");
  });

  test.each(["hive9", "hive", "4", "-1", "", "p-hive0.other.example"])(
    "%j is nobody; the hosts are listed",
    (wanted) => {
      expect(() => findHost(hosts, wanted)).toThrow(/0 {2}p-hive0\.hive\.example\n {2}1 /);
    },
  );

  test("what fits two hosts is refused, unless it is one's full name", () => {
    const twins = [{ name: "hive0.a.example" }, { name: "p-hive0.b.example" }];
    expect(() => findHost(twins, "hive0")).toThrow(/2 hosts of this stage match/);
    expect(findHost(twins, "hive0.a.example").name).toBe("hive0.a.example");
  });
});

describe("arguments for OpenSSH", () => {
  const request = { configFile: "/c", host: "p-hive0.hive.example", interactive: false };

  test("a login", () => {
    expect(sshArguments({ ...request, command: [], interactive: true })).toEqual([
      "-F",
      "/c",
      request.host,
    ]);
  });

  test("one word is a command line for the remote shell, as it is", () => {
    expect(sshArguments({ ...request, command: ["docker ps | wc -l"] }).at(-1)).toBe(
      "docker ps | wc -l",
    );
  });

  test.each([
    [["ls", "a b"]],
    [["echo", "it's", "$HOME", "`id`", "\\", "", "*", "a\nb"]],
    [["grep", "-e", "--", "file with 'both' \"quotes\""]],
  ])("several words arrive as they are: %j", (command) => {
    const line = sshArguments({ ...request, command }).at(-1)!;
    // What sshd does with a command: the login shell reads it.
    const program = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
    const [, ...words] = command;
    const shown = line.replace(/^\S+/, `${process.execPath} -e '${program}' --`);
    expect(JSON.parse(execFileSync("/bin/sh", ["-c", shown], { encoding: "utf8" }))).toEqual(words);
  });

  test("a terminal is asked for only when there is one", () => {
    expect(sshArguments({ ...request, command: ["top"], interactive: true })).toContain("-t");
    expect(sshArguments({ ...request, command: ["top"] })).not.toContain("-t");
  });

  test("a host is never taken for an option", () => {
    const args = sshArguments({ ...request, command: ["-oProxyCommand=id"] });
    expect(args.slice(-2)).toEqual(["--", "-oProxyCommand=id"]);
  });
});

const access = [20022, 21022].map((port, index) => ({
  name: `p-hive${index}.hive.example`,
  address: "127.0.0.1",
  port,
  user: "hive",
  hostKey: `ssh-ed25519 AAAA${index}`,
  stage: "private",
}));
const paths = {
  knownHosts: "/project/.hive/private/ssh/known_hosts",
  sockets: "/tmp/s",
};

describe("generated files", () => {
  test("keys are known by the host's name, so that forwarded ports of one address do not mix", () => {
    expect(knownHosts(access)).toBe(
      "p-hive0.hive.example ssh-ed25519 AAAA0\np-hive1.hive.example ssh-ed25519 AAAA1\n",
    );
  });

  /** What OpenSSH makes of the configuration for a host. */
  const seen = (keyFiles: readonly string[], host: string): Record<string, string> => {
    const folder = mkdtempSync(join(tmpdir(), "hive-ssh-config-"));
    const file = join(folder, "config");
    writeFileSync(file, sshConfig(access, paths, { keyFiles, agent: false }));
    const text = execFileSync("ssh", ["-G", "-F", file, host], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    return Object.fromEntries(
      text.split("\n").map((line) => [line.split(" ")[0] ?? "", line.slice(line.indexOf(" ") + 1)]),
    );
  };

  test("OpenSSH reads the configuration as it is meant", () => {
    expect(seen(["/keys/with blank/id"], "p-hive0.hive.example")).toMatchObject({
      hostname: "127.0.0.1",
      port: "20022",
      user: "hive",
      hostkeyalias: "p-hive0.hive.example",
      identityfile: "/keys/with blank/id",
      userknownhostsfile: paths.knownHosts,
      stricthostkeychecking: "true",
      identitiesonly: "yes",
    });
    expect(seen([], "p-hive1.hive.example")).toMatchObject({ port: "21022" });
  });
});

test("without a key file, OpenSSH asks the agent alone, and no file of the user's", () => {
  const folder = mkdtempSync(join(tmpdir(), "hive-ssh-config-"));
  const file = join(folder, "config");
  writeFileSync(file, sshConfig(access, paths, { keyFiles: [], agent: true }));
  const text = execFileSync("ssh", ["-G", "-F", file, "p-hive0.hive.example"], {
    encoding: "utf8",
  });
  rmSync(folder, { recursive: true });
  expect(text).toContain("identityfile none\n");
  expect(text).toContain("identitiesonly no\n");
});

describe("outputs of a stack", () => {
  test("an empty stack is a stage that is not up", () => {
    expect(() => readOutputs("private", {})).toThrow(/not up.*\n.*npx hive up --stack private/);
  });

  test("hosts of an older version belong to the stage, and nothing of a key's place is taken over", () => {
    const older = { ...access[0]!, stage: undefined, privateKeyFile: ".hive/private/ssh/id" };
    const read = readOutputs("private", {
      stage: "private",
      site: "s",
      hosts: [],
      access: [older],
    });
    expect(read.access).toEqual([access[0]]);
  });

  test("outputs of another version name what is wrong", () => {
    const wrong = {
      stage: "private",
      site: "hive.example",
      hosts: [],
      access: [{ name: "p-hive0" }],
    };
    expect(() => readOutputs("private", wrong)).toThrow(Failure);
    expect(() => readOutputs("private", wrong)).toThrow(/access\.0\.address/);
  });
});
