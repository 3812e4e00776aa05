import { ask, type ExampleContainer, ExampleSite, textOf } from "./example-site";
import { docker, processesOf } from "./local-image";

jest.setTimeout(300_000);

const site = new ExampleSite();
let portal: ExampleContainer;
const get = (path: string, headers = {}): ReturnType<typeof ask> =>
  ask(`http://${portal.address}${path}`, { headers });
const person = {
  "X-Remote-User": "queen",
  // Node sends characters as bytes.
  "X-Remote-Name": Buffer.from("Regina Hönig", "utf8").toString("latin1"),
  "X-Remote-Groups": "beekeepers, colony",
  "X-Served-By": "p-hive2.hive.example",
};

beforeAll(async () => {
  await site.prepare("portal");
  portal = await site.start("portal", "--hostname", "p-hive1.hive.example");
});
afterAll(() => site.destroy());

describe("the portal image", () => {
  test("shows who is logged in, where it runs and through which server the request came", async () => {
    const { status, text, headers } = await get("/", person);
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(["name", "user", "groups", "host", "gate"].map((id) => textOf(text, id))).toEqual([
      ...["Regina Hönig", "queen", "beekeepers, colony"],
      ...["p-hive1.hive.example", "p-hive2.hive.example"],
    ]);
    expect(Math.abs(Date.parse(textOf(text, "time")) - Date.now())).toBeLessThan(30_000);
    expect(text).toContain('<form method="post" action="/logout">');
    expect(text).not.toContain("<!--#");
  });

  test("says so when nobody is, and shows no markup of others", async () => {
    expect(textOf((await get("/")).text, "user")).toBe("nobody");
    const name = '<script>alert(1)</script>"';
    const { text } = await get("/", { "X-Remote-User": "x", "X-Remote-Name": name });
    expect(text).not.toContain("<script");
    expect(text).toContain("&lt;script&gt;");
  });

  test("its pages are kept by no cache and framed by no site; there is nothing but the page", async () => {
    const { headers } = await get("/");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect((await get("/index.html")).status).toBe(404);
    expect((await get("/healthz")).text).toBe("ok\n");
  });

  test("writes into its log who asked, runs no process as root, and stops at once", async () => {
    await get("/", person);
    expect((await processesOf(portal.id)).filter(({ uid }) => uid === 0)).toEqual([]);
    const start = Date.now();
    await docker("stop", portal.id);
    expect(Date.now() - start).toBeLessThan(8000);
    expect(await docker("inspect", "--format", "{{.State.ExitCode}}", portal.id)).toBe("0");
    expect(await docker("logs", portal.id)).toMatch(/ - queen \[.*"GET \/ HTTP\/1\.1" 200/);
  });
});
