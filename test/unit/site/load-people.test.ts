import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hive-people-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script with a stand-in for ldapmodify; undefined: with none at all. */
function load(ldapmodify: string | undefined): { code: number | null; errors: string } {
  if (ldapmodify !== undefined) {
    const program = join(folder, "ldapmodify");
    writeFileSync(program, `#!/bin/bash\n${ldapmodify}\n`);
    chmodSync(program, 0o755);
  }
  const script = readFileSync(join(__dirname, "../../../site/data/load-people.sh"), "utf8");
  const { status, stderr } = spawnSync("bash", ["--norc", "-c", script], {
    input: "planted-secret\ndn: uid=ada,dc=hive,dc=example\n",
    encoding: "utf8",
    env: { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: folder },
  });
  return { code: status, errors: stderr };
}

/** As ldapmodify says it. */
const says = (...lines: string[]): string =>
  lines.map((line) => `echo '${line}' >&2; `).join("") + "cat > /dev/null; ";
const exists = "ldap_add: Already exists (68)";
const hasValue = "ldap_modify: Type or value exists (20)";

describe("load-people.sh", () => {
  test("gives ldapmodify the password by a file and the rest as input", () => {
    const kept = join(folder, "seen");
    const end = load(
      `while [ "$1" != -y ]; do shift; done; { cat "$2"; echo; cat; } > '${kept}'; exit 0`,
    );
    expect(end).toEqual({ code: 0, errors: "" });
    expect(readFileSync(kept, "utf8")).toBe("planted-secret\ndn: uid=ada,dc=hive,dc=example\n");
  });

  test.each([
    ["an entry that exists", says(exists) + "exit 68"],
    ["a value that exists", says(hasValue, "\tadditional info: has it") + "exit 20"],
    ["both", says(exists, hasValue) + "exit 20"],
  ])("%s is no failure", (_what, program) => {
    expect(load(program)).toEqual({ code: 0, errors: "" });
  });

  test.each([
    ["is not there", undefined, /command not found[^]*exit code 127/],
    ["fails without a word", "exit 1", /exit code 1/],
    ["fails with other words", says("cannot open file") + "exit 1", /cannot open file/],
    ["was killed", "kill -KILL $$", /exit code 137/],
    ["was killed after an entry that exists", says(exists) + "kill -KILL $$", /exit code 137/],
    [
      "cannot log in",
      says("ldap_bind: Invalid credentials (49)") + "exit 49",
      /Invalid credentials/,
    ],
    [
      "refuses one of several entries",
      says(exists, "ldap_add: No such object (32)") + "exit 32",
      /No such object/,
    ],
    [
      "refuses an entry before one that exists",
      says("ldap_add: Object class violation (65)", exists) + "exit 68",
      /violation/,
    ],
  ])("ldapmodify %s: a failure that says why", (_what, program, words) => {
    const { code, errors } = load(program);
    expect(code).toBe(1);
    expect(errors).toMatch(words);
    expect(errors).not.toContain("planted-secret");
  });
});
