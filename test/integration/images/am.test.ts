import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { drone, queen, worker } from "../../e2e/worked-example/people";
import {
  type Answer,
  ask,
  type ExampleContainer,
  ExampleSite,
  type Finished,
  inside,
} from "./example-site";
import { docker, processesOf, waitForHealth } from "./local-image";

jest.setTimeout(300_000);

const site = new ExampleSite();
let ldap: ExampleContainer;
let am: ExampleContainer;

const logIn = (user: string, password: string, query = "next=/"): Promise<Answer> =>
  ask(`http://${am.address}/login/submit?${query}`, { form: { username: user, password } });
const check = (session?: string, server = am): Promise<Answer> =>
  ask(`http://${server.address}/check`, session === undefined ? {} : { session });
const dnOf = (user: string): string => `uid=${user},ou=people,dc=hive,dc=example`;
/** Runs an LDAP client as the directory's administrator, by the local socket. */
const asAdmin = (command: string, ...args: string[]): Promise<Finished> =>
  inside(ldap, [command, "-Q", "-Y", "EXTERNAL", "-H", "ldapi:///", ...args]);
/** Whether ten wrong passwords lock a name. */
async function lock(isOn: boolean): Promise<void> {
  const policy = "cn=default,ou=policies,dc=hive,dc=example";
  const change = `dn: ${policy}\nchangetype: modify\nreplace: pwdLockout\npwdLockout: ${isOn ? "TRUE" : "FALSE"}\n`;
  const command = ["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", "ldapi:///"];
  expect(await inside(ldap, command, change)).toMatchObject({ code: 0 });
}
/** Header values come as Latin-1; names are UTF-8. */
const utf8 = (header: unknown): string => Buffer.from(String(header), "latin1").toString("utf8");

beforeAll(async () => {
  await site.prepare("ldap", "am");
  ldap = await site.startLdap(await site.volume());
  await site.loadPeople(ldap);
  am = await site.startAm();
  // These tests type more wrong passwords than people do.
  await lock(false);
});
afterAll(() => site.destroy());

describe("the am image", () => {
  test("knows nobody without a session, or with one that it did not make", async () => {
    expect((await check()).status).toBe(401);
    expect((await check("bm90IG9uZSBvZiB0aGVpcnM=")).status).toBe(401);
    const { session = "" } = await logIn(queen.user, queen.password);
    expect((await check()).session).toBeUndefined();
    const forged = `${session.slice(0, 20)}${session[20] === "A" ? "B" : "A"}${session.slice(21)}`;
    const refused = await check(forged);
    expect([refused.status, refused.session]).toEqual([401, ""]);
    expect((await check(session)).session).toBeUndefined();
  });

  test("gives a session for the right password, and tells from it name and groups", async () => {
    for (const person of [queen, worker, drone]) {
      const answer = await logIn(person.user, person.password);
      expect([answer.status, answer.headers.location]).toEqual([302, "/"]);
      const { status, headers } = await check(answer.session);
      expect(status).toBe(200);
      expect(headers["x-remote-user"]).toBe(person.user);
      expect(utf8(headers["x-remote-name"])).toBe(person.fullName);
      expect(headers["x-remote-groups"]).toBe(person.groups);
    }
  });

  test("the session is a cookie that scripts and other sites do not get, and that tells nothing", async () => {
    const { headers, session = "" } = await logIn(queen.user, queen.password);
    const cookie = headers["set-cookie"]?.join("\n") ?? "";
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie).toMatch(/path=\//i);
    const clear = Buffer.from(decodeURIComponent(session), "base64").toString("latin1");
    expect(cookie).toMatch(/Max-Age=14400(;|$)/);
    for (const text of [cookie, clear]) {
      expect(text).not.toContain(queen.password);
      expect(text).not.toContain(queen.user);
    }
  });

  test.each([
    ["a wrong password", queen.user, "wrong"],
    ["somebody else's password", queen.user, worker.password],
    ["no password", queen.user, ""],
    ["an unknown name", "nobody", "x"],
    ["no name", "", "x"],
    ["a pattern as name", "*", queen.password],
    ["a name with more behind it", "queen)(uid=*", queen.password],
    ["a DN as name", "queen,ou=people,dc=hive,dc=example", queen.password],
    ["the administrator", "admin", site.secrets.adminPassword],
    ["a name beyond ASCII", "Örjan", "x"],
    ["a very long name", "q".repeat(2000), "x"],
  ])(
    "%s leads back to the login page, and the session is nobody's",
    async (_what, user, password) => {
      const answer = await logIn(user, password, "next=/a?b=c");
      expect(answer.status).toBe(302);
      expect(answer.headers.location).toMatch(/^\/login\?failed=1&name=.*&next=\/a\?b=c$/);
      // Not kept by the browser, which would send it again and again, as one more wrong password.
      expect(answer.session).toBe("");
      expect((await check(answer.session)).status).toBe(401);
      // And whoever comes next is not held responsible for it.
      expect((await logIn(queen.user, queen.password)).headers.location).toBe("/");
    },
  );

  test("names are the directory's, however they are written", async () => {
    const { session } = await logIn("QUEEN", queen.password);
    expect((await check(session)).headers["x-remote-user"]).toBe("queen");
  });

  test.each([
    ["/", "/"],
    ["/a/b?c=d&e=/f", "/a/b?c=d&e=/f"],
    ["/%2F%2Fa", "/%2F%2Fa"],
    ["//evil.example/", "/"],
    ["/\\evil.example/", "/"],
    ["http://evil.example/", "/"],
    ["javascript:alert(1)", "/"],
    ["%2F%2Fevil.example", "/"],
    ["", "/"],
  ])("a login with next=%s leads to %s", async (next, location) => {
    const answer = await logIn(queen.user, queen.password, `next=${next}`);
    expect([answer.status, answer.headers.location]).toEqual([302, location]);
    const failed = await logIn(queen.user, "wrong", `next=${next}`);
    expect(failed.headers.location).toBe(`/login?failed=1&name=queen&next=${location}`);
  });

  test("after a wrong password the page has the name again, and no markup or way of anybody else", async () => {
    const page = async (user: string): Promise<string> => {
      const { location = "" } = (await logIn(user, "wrong", "next=/a?b=1")).headers;
      return (await ask(`http://${am.address}${location}`)).text;
    };
    const known = await page("queen");
    expect(known).toContain('name="username" value="queen"');
    expect(known).toContain('action="/login/submit?next=/a?b=1"');
    for (const name of ["", 'a"onfocus="x', "a<b>", "q".repeat(65)]) {
      const text = await page(name);
      expect(text).toContain("Name or password is wrong.");
      expect(text).not.toContain("value=");
    }
    expect(await page("a&next=//evil.example")).toContain('action="/login/submit?next=/a?b=1"');
    const header = await logIn("a\r\nSet-Cookie: b=c", "wrong");
    expect(header.headers["set-cookie"]?.join() ?? "").not.toMatch(/(^|,)b=c/);
  });

  test("no field of the form leads anywhere else, and no other site's form is taken", async () => {
    const form = { username: queen.user, password: queen.password };
    const submit = `http://${am.address}/login/submit?next=/`;
    const led = await ask(submit, { form: { ...form, httpd_location: "http://evil.example/" } });
    expect(led.headers.location).toBe("/");
    const foreign = await ask(submit, { form, headers: { Origin: "http://evil.example" } });
    expect(foreign.status).toBe(403);
    expect(foreign.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(foreign.text).toContain("This form was sent from another site.");
    expect((await check(foreign.session)).status).toBe(401);
    const own = await ask(submit, { form, headers: { Origin: `http://${am.address}` } });
    expect(own.headers.location).toBe("/");
  });

  test("the login page can be used without seeing it, says what went wrong, and shows no markup of others", async () => {
    const { text, headers } = await ask(`http://${am.address}/login?failed=1&next=/a"><script>`);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<label for="username">');
    expect(text).toContain('<label for="password">');
    expect(text).toMatch(/role="alert"[^>]*>Name or password is wrong\./);
    expect(text).not.toContain("<script");
    expect(text).not.toContain("<!--#");
    const fresh = await ask(`http://${am.address}/login?next=/a?b=1&c=%22`);
    expect(fresh.text).not.toContain("<p role=");
    expect(fresh.text).toContain('action="/login/submit?next=/a?b=1&amp;c=%22"');
  });

  test("logging out takes the cookie away", async () => {
    const { session = "" } = await logIn(queen.user, queen.password);
    const out = await ask(`http://${am.address}/logout`, { method: "POST", session });
    expect([out.status, out.headers.location, out.session]).toEqual([303, "/login?out=1", ""]);
    const page = await ask(`http://${am.address}/login?out=1`);
    expect(page.text).toMatch(/role="status"[^>]*>You are logged out\./);
  });

  test("a session ends when its time is over, however often it was used", async () => {
    const settings = readFileSync(
      join(__dirname, "../../../site/images/am/files/etc/am/httpd.conf"),
      "utf8",
    );
    const brief = site.file("httpd.conf", settings.replace(/^(SessionMaxAge) \d+$/m, "$1 4"));
    const hasty = await site.startAm(undefined, "--volume", `${brief}:/etc/am/httpd.conf:ro`);
    const { session } = await ask(`http://${hasty.address}/login/submit?next=/`, {
      form: { username: queen.user, password: queen.password },
    });
    const start = Date.now();
    while (Date.now() - start < 3000) {
      expect((await check(session, hasty)).status).toBe(200);
      await sleep(500);
    }
    await sleep(2500);
    const over = await check(session, hasty);
    expect([over.status, over.session]).toEqual([401, ""]);
    await site.remove(hasty);
  });

  test("a locked name gets no session, as with a wrong password, and those it has stay while they are known", async () => {
    const other = await site.startAm();
    const { session } = await logIn(worker.user, worker.password);
    expect((await check(session, other)).status).toBe(200);
    await lock(true);
    try {
      const tried = (password: string): Promise<Answer> =>
        ask(`http://${other.address}/login/submit?next=/`, {
          form: { username: worker.user, password },
        });
      const wrong: Answer[] = [];
      for (let time = 0; time < 10; time++) wrong.push(await tried(`wrong ${time}`));
      const right = await tried(worker.password);
      expect([right.status, right.headers.location, right.session]).toEqual([
        ...[302, "/login?failed=1&name=worker&next=/", ""],
      ]);
      expect(right.headers.location).toBe(wrong[0]?.headers.location);
      expect((await check(session, other)).headers["x-remote-user"]).toBe(worker.user);
      const page = await ask(`http://${other.address}${right.headers.location ?? ""}`);
      expect(page.text).toContain("After ten wrong tries, wait two minutes.");
      // Ten and not twenty: one try is one question to the directory.
      const failures = await asAdmin("ldapsearch", "-LLL", "-b", dnOf(worker.user), "+");
      expect(failures.output.match(/^pwdFailureTime:/gm)).toHaveLength(10);
    } finally {
      await lock(false);
      const unlock = `dn: ${dnOf(worker.user)}\nchangetype: modify\ndelete: pwdAccountLockedTime\n`;
      const command = ["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", "ldapi:///"];
      expect(await inside(ldap, command, unlock)).toMatchObject({ code: 0 });
      await site.remove(other);
    }
  });

  test("any other task with the same key takes the session, also when the key is the former one", async () => {
    const { session } = await logIn(queen.user, queen.password);
    const [other, stranger, rotated] = await Promise.all([
      site.startAm(),
      site.startAm("another-key"),
      site.startAm(`a-new-key\n${site.secrets.sessionKey}`),
    ]);
    expect((await check(session, other)).headers["x-remote-user"]).toBe(queen.user);
    expect((await check(session, stranger)).status).toBe(401);
    expect((await check(session, rotated)).headers["x-remote-user"]).toBe(queen.user);
    await Promise.all([other, stranger, rotated].map((task) => site.remove(task)));
  });

  test("who changed the password or left is logged out everywhere when am's memory is over", async () => {
    const settings = readFileSync(
      join(__dirname, "../../../site/images/am/files/etc/am/httpd.conf"),
      "utf8",
    );
    expect(settings).toMatch(/^LDAPCacheTTL 300$/m);
    const brief = site.file(
      "httpd.conf",
      settings.replace(/^(LDAP(?:Op)?CacheTTL) \d+$/gm, "$1 2"),
    );
    const forgetful = await site.startAm(undefined, "--volume", `${brief}:/etc/am/httpd.conf:ro`);
    const { session } = await logIn(drone.user, drone.password);
    const status = async (): Promise<number> => (await check(session, forgetful)).status;
    expect(await status()).toBe(200);
    const password = await asAdmin(
      "ldappasswd",
      "-s",
      "Another-one",
      `uid=${drone.user},ou=people,dc=hive,dc=example`,
    );
    expect(password).toMatchObject({ code: 0 });
    await sleep(4000);
    expect(await status()).toBe(401);

    const { session: second } = await logIn(drone.user, "Another-one");
    expect((await check(second, forgetful)).status).toBe(200);
    const deleted = await asAdmin("ldapdelete", `uid=${drone.user},ou=people,dc=hive,dc=example`);
    expect(deleted).toMatchObject({ code: 0 });
    await sleep(4000);
    expect((await check(second, forgetful)).status).toBe(401);
    await site.remove(forgetful);
    await site.loadPeople(ldap);
  });

  test("while the directory is away, sessions are known and new logins wait for it", async () => {
    const { session } = await logIn("Queen", queen.password);
    expect((await check(session)).status).toBe(200);
    await docker("kill", ldap.id);
    expect((await check(session)).headers["x-remote-user"]).toBe(queen.user);
    const waiting = logIn("Worker", worker.password);
    await sleep(4000);
    await docker("start", ldap.id);
    const answer = await waiting;
    expect(answer.headers.location).toBe("/");
    expect((await check(answer.session)).headers["x-remote-user"]).toBe(worker.user);
    expect(await waitForHealth(ldap.id, 60)).toBe("healthy");
  });

  test("a directory that does not come back is an error, never a wrong password or a lost session", async () => {
    const { session } = await logIn("dronE", drone.password);
    expect((await check(session)).status).toBe(200);
    await docker("kill", ldap.id);
    const [login, known] = await Promise.all([logIn("DRONE", drone.password), check(session)]);
    expect([login.status, known.status]).toEqual([500, 200]);
    await docker("start", ldap.id);
    expect(await waitForHealth(ldap.id, 60)).toBe("healthy");
    expect((await logIn("DRONE", drone.password)).headers.location).toBe("/");
  });

  test("keeps no secret in settings, processes, log or image, and runs as nobody in particular", async () => {
    expect(await site.leaks(am)).toEqual([]);
    const log = await docker("logs", am.id);
    for (const { password } of [queen, worker, drone]) expect(log).not.toContain(password);
    expect(log).toMatch(/ queen \[.*"POST \/login\/submit" 302/);
    const processes = await processesOf(am.id);
    expect(processes.filter(({ uid }) => uid === 0)).toEqual([]);
  });

  test("without a key it says what is missing and ends", async () => {
    const bare = await site.launch("am");
    expect(await docker("wait", bare.id)).toBe("1");
    expect(await docker("logs", bare.id)).toContain("/run/secrets/am-session-key is missing");
  });

  test("stops in order and at once", async () => {
    const start = Date.now();
    await docker("stop", am.id);
    expect(Date.now() - start).toBeLessThan(9500);
    expect(await docker("inspect", "--format", "{{.State.ExitCode}}", am.id)).toBe("0");
  });
});
