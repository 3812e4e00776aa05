import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { queen } from "../../e2e/worked-example/people";
import {
  type Answer,
  ask,
  type Asked,
  type ExampleContainer,
  ExampleSite,
  inside,
  textOf,
} from "./example-site";
import { docker, processesOf } from "./local-image";

jest.setTimeout(300_000);

const site = new ExampleSite();
let ldap: ExampleContainer;
let am: ExampleContainer;
let portal: ExampleContainer;
let gate: ExampleContainer;

const get = (path: string, asked: Asked = {}): Promise<Answer> =>
  ask(`http://${gate.address}${path}`, asked);
const logIn = (scheme = "http"): Promise<Answer> =>
  ask(`${scheme}://${gate.address}/login/submit?next=/`, {
    form: { username: queen.user, password: queen.password },
  });
/** Milliseconds that something takes. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = Date.now();
  await work();
  return Date.now() - start;
}

beforeAll(async () => {
  await site.prepare("ldap", "am", "portal", "gate");
  const volume = await site.volume();
  [ldap, am, portal, gate] = await Promise.all([
    site.startLdap(volume),
    site.startAm(),
    site.start("portal", "--hostname", "p-hive2.hive.example"),
    site.startGate("--hostname", "p-hive1.hive.example"),
  ]);
  await site.loadPeople(ldap);
});
afterAll(() => site.destroy());

describe("without a session", () => {
  test.each([
    ["/", "/login?next=/"],
    ["/some/where?a=b&c=/d", "/login?next=/some/where?a=b&c=/d"],
    ["/index.html", "/login?next=/index.html"],
    ["/.git/config", "/login?next=/.git/config"],
    ["/loginx", "/login?next=/loginx"],
  ])("%s leads to %s", async (path, location) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.location]).toEqual([302, location]);
    expect(answer.text).not.toContain("portal");
  });

  test("a path that could be read in two ways leads nowhere", async () => {
    expect((await get("/status/../etc/passwd")).status).toBe(400);
  });

  test("what was sent to an application is not asked for again after the login", async () => {
    const { headers } = await get("/delete?all=1", { form: { sure: "yes" } });
    expect(headers.location).toBe("/login?next=/");
  });

  test("nobody gets in by saying who he is, nor to the question that is the gate's own", async () => {
    for (const header of ["X-Remote-User", "x_remote_user", "X-REMOTE-USER"]) {
      expect((await get("/", { headers: { [header]: "queen" } })).status).toBe(302);
    }
    expect((await get("/.gate/check")).status).toBe(404);
    expect((await get("/check")).status).toBe(302);
    expect(
      (await get("/", { headers: { Authorization: "Basic cXVlZW46UXVlZW4tb2YtaGl2ZS0x" } })).status,
    ).toBe(302);
  });
});

describe("with a session", () => {
  test("the application is there, under any name, with the person's name and groups", async () => {
    const { session = "", headers } = await logIn();
    expect(headers.location).toBe("/");
    for (const host of [gate.address, "www.hive.example", "anything.test:8080"]) {
      const { status, text } = await get("/", { session, headers: { Host: host } });
      expect(status).toBe(200);
      expect(["name", "user", "groups", "host", "gate"].map((id) => textOf(text, id))).toEqual([
        ...[queen.fullName, queen.user, queen.groups],
        ...["p-hive2.hive.example", "p-hive1.hive.example"],
      ]);
    }
  });

  test("nobody becomes somebody else by saying so", async () => {
    const { session = "" } = await logIn();
    const lies = {
      "X-Remote-User": "root",
      "X-Remote-Name": "Root",
      "X-Remote-Groups": "wheel",
      X_Remote_User: "root",
      "X-Served-By": "elsewhere",
    };
    const { text } = await get("/", { session, headers: lies });
    expect(["name", "user", "groups", "gate"].map((id) => textOf(text, id))).toEqual([
      ...[queen.fullName, queen.user, queen.groups, "p-hive1.hive.example"],
    ]);
    expect(text).not.toContain("wheel");
  });

  test("the application gets its own cookies and not the session", async () => {
    const { session = "" } = await logIn();
    const own = readFileSync(
      join(__dirname, "../../../site/images/portal/files/etc/portal/nginx.conf"),
      "utf8",
    );
    const config = own.replace(/return 404 "[^"]*"/, 'return 200 "[$http_cookie]"');
    await site.remove(portal);
    const echo = await site.start(
      "portal",
      "--volume",
      `${site.file("echo.conf", config)}:/etc/portal/nginx.conf:ro`,
    );
    for (const [sent, got] of [
      ["hive_session=S", ""],
      ["a=1; hive_session=S; b=2", "a=1; b=2"],
      ["hive_session=S; b=2", "b=2"],
      ["xhive_session=1; hive_session=S", "xhive_session=1;"],
    ]) {
      const Cookie = sent?.replace("=S", `=${session}`) ?? "";
      // A moved application is found within the time for which an address is remembered.
      const answer = await eventually(10, async () => {
        const found = await get("/cookies", { headers: { Cookie } });
        return found.status === 200 ? found : undefined;
      });
      expect(answer.text).toBe(`[${got}]`);
    }
    await site.remove(echo);
    portal = await site.start("portal", "--hostname", "p-hive2.hive.example");
  });

  test("one that is nobody's is taken away, so that it is not asked for again", async () => {
    const answer = await get("/", { session: "bm90IG9uZSBvZiB0aGVpcnM=" });
    expect([answer.status, answer.headers.location, answer.session]).toEqual([
      ...[302, "/login?next=/", ""],
    ]);
  });

  test("logging out ends it", async () => {
    const { session = "" } = await logIn();
    const out = await get("/logout", { method: "POST", session });
    expect([out.status, out.headers.location, out.session]).toEqual([303, "/login?out=1", ""]);
    expect((await get("/")).status).toBe(302);
  });

  test("what the application says about errors is passed on as it is", async () => {
    const { session = "" } = await logIn();
    expect((await get("/nothing", { session })).status).toBe(404);
  });
});

/** Repeats a look until it gives something. */
async function eventually<T>(seconds: number, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > end) throw new Error(`Not within ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe("when servers are lost", () => {
  test("a server of am that answers nothing costs a second, not the session and not the login", async () => {
    const { session = "" } = await logIn();
    // Nobody takes the calls that fill its queue, so it does not answer further ones, as a lost
    // server does not.
    const silent = `use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 1, LocalPort => 80) or die;
      my @calls = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1:80", Blocking => 0) } 1 .. 4;
      $| = 1; print "silent\\n"; sleep 600;`;
    const lost = await site.launchAs("am", "portal", "perl", "-e", silent);
    try {
      await eventually(30, async () =>
        (await docker("logs", lost.id)).includes("silent") ? true : undefined,
      );
      // The name's addresses are remembered for two seconds.
      await sleep(2500);
      for (let round = 0; round < 4; round++) {
        let answer: Answer | undefined;
        const time = await timeOf(async () => (answer = await get("/", { session })));
        expect([answer?.status, time < 3000]).toEqual([200, true]);
        expect((await logIn()).headers.location).toBe("/");
      }
      expect(await docker("logs", gate.id)).toContain(`upstream timed out`);
    } finally {
      await site.remove(lost);
    }
  });

  test("an am that has moved is found within seconds, and the session goes on", async () => {
    const { session = "" } = await logIn();
    await site.remove(am);
    am = await site.startAm();
    const answer = await eventually(6, async () => {
      const found = await get("/", { session });
      return found.status === 200 ? found : undefined;
    });
    expect(textOf(answer.text, "user")).toBe("queen");
  });

  test("without am, or without the application, a page asks to wait and comes again by itself", async () => {
    const { session = "" } = await logIn();
    for (const gone of [am, portal]) {
      await docker("kill", gone.id);
      const answer = await get("/", { session });
      expect(answer.status).toBe(503);
      expect(answer.headers.refresh).toBe("1");
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.text).toContain("One moment, please");
      // With its looks in it, for nobody can be asked for them.
      expect(answer.text).toContain("prefers-color-scheme: dark");
      expect(answer.text).not.toContain("<!--#");
      const sent = await get("/", { session, form: { a: "b" } });
      expect([sent.status, sent.text]).toEqual([503, answer.text]);
      if (gone === am) {
        const login = await logIn();
        expect([login.status, login.headers.refresh]).toEqual([503, "1; url=/login"]);
        expect((await get("/.gate/away")).status).toBe(404);
      }
      expect((await get("/status/")).status).toBe(200);
      await docker("start", gone.id);
      await eventually(10, async () =>
        (await get("/", { session })).status === 200 ? true : undefined,
      );
    }
  });
});

test("a session that began over HTTPS stays on it", async () => {
  const answer = await logIn("https");
  expect(answer.headers["set-cookie"]?.join()).toMatch(/; *Secure/i);
  const page = await ask(`https://${gate.address}/`, { session: answer.session ?? "" });
  expect(textOf(page.text, "user")).toBe("queen");
  expect((await logIn()).headers["set-cookie"]?.join()).not.toMatch(/Secure/i);
});

describe("the gate", () => {
  test("passwords are not tried faster than people type them", async () => {
    const wrong = { form: { username: "nobody", password: "x" } };
    const answers = await Promise.all(
      Array.from({ length: 150 }, () => get("/login/submit?next=/", wrong)),
    );
    const refused = answers.filter(({ status }) => status === 429).length;
    expect(refused).toBeGreaterThan(0);
    // 40 at once are let through, for people who share an address.
    expect(answers.length - refused).toBeGreaterThanOrEqual(40);
  });

  test("keeps no secret in settings, processes, log or image, and no process runs as root", async () => {
    expect(await site.leaks(gate)).toEqual([]);
    expect(await docker("logs", gate.id)).not.toContain(queen.password);
    const processes = await processesOf(gate.id);
    expect(processes.length).toBeGreaterThan(1);
    expect(processes.filter(({ uid }) => uid === 0)).toEqual([]);
    expect((await inside(gate, ["stat", "-c", "%a", "/tmp/gate/tls.key"])).output).toBe("600\n");
  });

  test("what visitors asked for is in its log, and questions after its health are not", async () => {
    await get("/status/");
    const log = await docker("logs", gate.id);
    expect(log).toContain('"GET /status/ HTTP/1.1" 200');
    expect(log).not.toContain("/healthz");
  });
});
