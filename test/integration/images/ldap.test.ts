import { setTimeout as sleep } from "node:timers/promises";

import { drone, queen, worker } from "../../e2e/worked-example/people";
import { type ExampleContainer, ExampleSite, type Finished, inside } from "./example-site";
import { docker, processesOf, waitForHealth } from "./local-image";

jest.setTimeout(300_000);

const admin = "cn=admin,dc=hive,dc=example";
const site = new ExampleSite();
let volume: string;
let ldap: ExampleContainer;

const dnOf = (user: string): string => `uid=${user},ou=people,dc=hive,dc=example`;
/**
 * Binds over the network as somebody and runs an LDAP client; the password goes through standard
 * input.
 */
const as = (dn: string, password: string, ...command: string[]): Promise<Finished> =>
  inside(
    ldap,
    [
      ...[
        "bash",
        "-c",
        'read -r p; c=$1; shift; exec "$c" -x -H ldap://ldap -y <(printf %s "$p") "$@"',
      ],
      ...["as", command[0] ?? "", "-D", dn, ...command.slice(1)],
    ],
    `${password}\n`,
  );
/** How many of the numbered people another client sees: their writes are over. */
const seen = async (): Promise<number> => {
  const search = [
    "ldapsearch",
    "-Q",
    "-LLL",
    "-Y",
    "EXTERNAL",
    "-H",
    "ldapi:///",
    "-E",
    "pr=1000/noprompt",
  ];
  const { output } = await inside(ldap, [
    ...search,
    "-b",
    "ou=people,dc=hive,dc=example",
    "(uid=n*)",
    "dn",
  ]);
  return count(output, /^dn: uid=n/gm);
};
const logsIn = async (user: string, password: string): Promise<boolean> =>
  (await as(dnOf(user), password, "ldapwhoami")).code === 0;
/** All entries with everything in them. */
const entries = async (): Promise<string> => (await inside(ldap, ["ldap-backup"])).output;
const count = (text: string, dn: RegExp): number => [...text.matchAll(dn)].length;

beforeAll(async () => {
  await site.prepare("ldap");
  volume = await site.volume();
  ldap = await site.startLdap(volume);
});
afterAll(() => site.destroy());

describe("the ldap image", () => {
  test("makes its database on an empty volume, with nobody in it", async () => {
    const text = await entries();
    expect([...text.matchAll(/^dn: (.*)$/gm)].map(([, dn]) => dn)).toEqual(
      ["", "ou=people,", "ou=groups,", "ou=policies,", "cn=default,ou=policies,"].map(
        (name) => `${name}dc=hive,dc=example`,
      ),
    );
    expect((await as(admin, site.secrets.adminPassword, "ldapwhoami")).output).toContain(admin);
    expect((await as(admin, "something-else", "ldapwhoami")).code).not.toBe(0);
  });

  test("gets the initial people, who can log in; loading them again changes nothing", async () => {
    expect(await site.loadPeople(ldap)).toMatchObject({ code: 0 });
    for (const { user, password } of [queen, worker]) {
      expect(await logsIn(user, password)).toBe(true);
      expect(await logsIn(user, `${password}x`)).toBe(false);
    }
    const before = await entries();
    expect(count(before, /^dn: uid=/gm)).toBe(3);
    expect(count(before, /^memberOf: cn=colony,/gm)).toBe(3);
    expect(await site.loadPeople(ldap)).toMatchObject({ code: 0 });
    expect(await entries()).toBe(before);
  });

  test("a password that its owner changed stays when the people are loaded again", async () => {
    const changed = await as(
      dnOf(worker.user),
      worker.password,
      ...["ldappasswd", "-s", "My-own-from-now-on"],
    );
    expect(changed).toMatchObject({ code: 0 });
    await site.loadPeople(ldap);
    expect(await logsIn(worker.user, "My-own-from-now-on")).toBe(true);
    expect(await logsIn(worker.user, worker.password)).toBe(false);
  });

  test("a broken file and a wrong password fail the step and say why", async () => {
    const broken = await site.loadPeople(ldap, "dn: uid=x,ou=people,dc=hive,dc=example\nuid: x\n");
    expect(broken.code).not.toBe(0);
    expect(broken.output).toContain("no objectClass attribute");
    const refused = await site.loadPeople(ldap, undefined, "not-the-password");
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("Invalid credentials");
  });

  test("shows people their own entry without the password, and nothing to strangers", async () => {
    const search = [
      "ldapsearch",
      "-LLL",
      "-b",
      "ou=people,dc=hive,dc=example",
      "(uid=*)",
      "*",
      "memberOf",
    ];
    const { output } = await as(dnOf(queen.user), queen.password, ...search);
    expect(count(output, /^dn: /gm)).toBe(1);
    expect(output).toContain("memberOf: cn=beekeepers,ou=groups,dc=hive,dc=example");
    expect(output).not.toMatch(/userPassword/i);
    const stranger = ["ldapsearch", "-LLL", "-x", "-H", "ldap://ldap", "-b", "dc=hive,dc=example"];
    expect((await inside(ldap, stranger)).output).not.toContain("dn:");
  });

  describe("after ten wrong passwords", () => {
    const policy = "cn=default,ou=policies,dc=hive,dc=example";
    /** Shortens the lock as an administrator does. */
    const lockFor = async (seconds: number): Promise<void> => {
      const change = `dn: ${policy}\nchangetype: modify\nreplace: pwdLockoutDuration\npwdLockoutDuration: ${seconds}\n`;
      const done = await inside(
        ldap,
        ["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", "ldapi:///"],
        change,
      );
      expect(done).toMatchObject({ code: 0 });
    };
    const fail = async (user: string, times: number): Promise<void> => {
      for (let time = 0; time < times; time++) {
        expect(await logsIn(user, `wrong ${time}`)).toBe(false);
      }
    };
    afterAll(() => lockFor(120));

    test("the right one is refused for a while, and then taken again", async () => {
      expect(await entries()).toMatch(/^pwdLockoutDuration: 120$/m);
      await lockFor(5);
      await fail(queen.user, 10);
      const refused = await as(dnOf(queen.user), queen.password, "ldapwhoami");
      // In the words of a wrong password, so nobody learns that this was the right one.
      const wrong = await as(dnOf("nobody"), "wrong", "ldapwhoami");
      expect(refused).toEqual(wrong);
      expect(refused.output).toContain("Invalid credentials");
      // Others are not kept out, nor the administrator.
      expect(await logsIn(drone.user, drone.password)).toBe(true);
      expect((await as(admin, site.secrets.adminPassword, "ldapwhoami")).code).toBe(0);
      await sleep(6500);
      expect(await logsIn(queen.user, queen.password)).toBe(true);
    });

    test("and not after nine, which the right one makes forgotten", async () => {
      await fail(queen.user, 9);
      expect(await logsIn(queen.user, queen.password)).toBe(true);
      await fail(queen.user, 9);
      expect(await logsIn(queen.user, queen.password)).toBe(true);
      const own = (await entries()).split("\n\n").find((entry) => entry.includes("uid=queen,"));
      expect(own).toContain("uid: queen");
      expect(own).not.toMatch(/^pwdFailureTime:/m);
    });

    test("it stays locked when slapd is started again, and the administrator can unlock it", async () => {
      await lockFor(120);
      await fail(queen.user, 10);
      await docker("restart", ldap.id);
      expect(await waitForHealth(ldap.id, 60)).toBe("healthy");
      expect(await logsIn(queen.user, queen.password)).toBe(false);
      const unlock = `dn: ${dnOf(queen.user)}\nchangetype: modify\ndelete: pwdAccountLockedTime\n`;
      const change = ["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", "ldapi:///"];
      expect(await inside(ldap, change, unlock)).toMatchObject({ code: 0 });
      expect(await logsIn(queen.user, queen.password)).toBe(true);
    });
  });

  test("keeps no password in settings, processes, log or image, and runs slapd without rights", async () => {
    expect(await site.leaks(ldap)).toEqual([]);
    const processes = await processesOf(ldap.id);
    expect(processes.map(({ command }) => command.split(" ")[0])).toEqual(["slapd"]);
    expect(processes.filter(({ uid }) => uid === 0)).toEqual([]);
    const { output } = await inside(ldap, ["cat", "/run/slapd/rootpw.conf"], "", "root");
    expect(output).toMatch(/^rootpw \{SSHA\}/);
  });

  test("has its data on the same volume after its container was replaced, with a new administrator's password", async () => {
    const before = await entries();
    await site.remove(ldap);
    ldap = await site.startLdap(volume, "A-new-one-for-the-administrator");
    expect(await entries()).toBe(before);
    expect((await as(admin, "A-new-one-for-the-administrator", "ldapwhoami")).code).toBe(0);
    expect((await as(admin, site.secrets.adminPassword, "ldapwhoami")).code).not.toBe(0);
    await site.remove(ldap);
    ldap = await site.startLdap(volume);
  });

  test("loses no write that was confirmed when it is killed in the middle of many", async () => {
    const people = Array.from({ length: 2000 }, (_, index) =>
      [
        `dn: ${dnOf(`n${index}`)}`,
        "objectClass: inetOrgPerson",
        `uid: n${index}`,
        "sn: N",
        "cn: N",
      ].join("\n"),
    );
    const loading = site.loadPeople(ldap, people.join("\n\n"));
    let confirmed = 0;
    while (confirmed < 100) confirmed = await seen();
    await docker("kill", ldap.id);
    expect((await loading).code).not.toBe(0);
    await docker("start", ldap.id);
    expect(await waitForHealth(ldap.id, 60)).toBe("healthy");
    const kept = count(await entries(), /^dn: uid=n/gm);
    expect(kept).toBeGreaterThanOrEqual(confirmed);
    expect(kept).toBeLessThan(2000);
    expect(await site.loadPeople(ldap, people.join("\n\n"))).toMatchObject({ code: 0 });
    expect(count(await entries(), /^dn: uid=n/gm)).toBe(2000);
  });

  test("a first start that was cut short is finished by the next one", async () => {
    const tree = ["ldapdelete", "ou=groups,dc=hive,dc=example", "-r"];
    expect((await as(admin, site.secrets.adminPassword, ...tree)).code).toBe(0);
    await docker("restart", ldap.id);
    expect(await waitForHealth(ldap.id, 60)).toBe("healthy");
    expect(count(await entries(), /^dn: ou=groups,dc=hive,dc=example$/gm)).toBe(1);
    expect(await logsIn(queen.user, queen.password)).toBe(true);
    expect(await site.loadPeople(ldap)).toMatchObject({ code: 0 });
  });

  test("a backup brings everything back that was deleted, and what is no backup changes nothing", async () => {
    const backup = await entries();
    const refused = await inside(ldap, ["ldap-restore"], "this is no backup\n");
    expect(refused.code).not.toBe(0);
    expect(await entries()).toBe(backup);

    const tree = ["ldapdelete", "-r", "ou=people,dc=hive,dc=example"];
    expect((await as(admin, site.secrets.adminPassword, ...tree)).code).toBe(0);
    expect(await logsIn(queen.user, queen.password)).toBe(false);
    await inside(ldap, ["ldap-restore"], backup);
    // The Swarm starts a task again that ended.
    await docker("wait", ldap.id);
    await docker("start", ldap.id);
    expect(await waitForHealth(ldap.id, 60)).toBe("healthy");
    expect(await entries()).toBe(backup);
    expect(await logsIn(queen.user, queen.password)).toBe(true);
  });

  test("a backup from before names were locked is restored, and gets what it lacks", async () => {
    const backup = (await entries())
      .split("\n\n")
      .filter((entry) => !/^dn: .*ou=policies,/.test(entry))
      .map((entry) => entry.replace(/^pwd.*\n/gm, ""))
      .join("\n\n");
    expect(backup).not.toContain("policies");
    await inside(ldap, ["ldap-restore"], backup);
    await docker("wait", ldap.id);
    await docker("start", ldap.id);
    expect(await waitForHealth(ldap.id, 60)).toBe("healthy");
    expect(await entries()).toMatch(/^pwdMaxFailure: 10$/m);
    expect(await logsIn(queen.user, queen.password)).toBe(true);
  });

  test("without an administrator's password it says what is missing and ends", async () => {
    const bare = await site.launch("ldap");
    expect(await docker("wait", bare.id)).toBe("1");
    expect(await docker("logs", bare.id)).toContain("/run/secrets/ldap-admin-password is missing");
  });

  test("stops in order and at once", async () => {
    const start = Date.now();
    await docker("stop", ldap.id);
    expect(Date.now() - start).toBeLessThan(8000);
    expect(await docker("inspect", "--format", "{{.State.ExitCode}}", ldap.id)).toBe("0");
  });
});
