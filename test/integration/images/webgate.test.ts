import {
  buildLocally,
  docker,
  type LocalContainer,
  processesOf,
  startLocally,
  waitForHealth,
} from "./local-image";

jest.setTimeout(300_000);

let image: string;
let container: LocalContainer;
const get = (path: string): Promise<Response> =>
  fetch(`http://${container.address}${path}`, { signal: AbortSignal.timeout(10_000) });
const textOf = (page: string, id: string): string =>
  new RegExp(`id="${id}">([^<]*)<`).exec(page)?.[1] ?? `no ${id}`;

beforeAll(async () => {
  image = await buildLocally("site/images/webgate");
  container = await startLocally(
    image,
    "--hostname",
    "p-hive1.hive.example",
    "--env",
    "RELEASE=2026.11-rc1",
  );
  expect(await waitForHealth(container.id, 60)).toBe("healthy");
});
afterAll(() => docker("rm", "--force", container.id));

describe("the webgate image", () => {
  test("the page names the server, the release, the time and the visitor", async () => {
    const response = await get("/");
    const page = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(textOf(page, "host")).toBe("p-hive1.hive.example");
    expect(textOf(page, "release")).toBe("2026.11-rc1");
    expect(textOf(page, "client")).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(Math.abs(Date.parse(textOf(page, "time")) - Date.now())).toBeLessThan(30_000);
    expect(page).not.toContain("<!--#");
  });

  test("the page loads nothing from elsewhere, and its policy would not let it", async () => {
    const response = await get("/");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const page = await response.text();
    expect(
      [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url?.slice(0, 5)),
    ).toEqual(["data:"]);
    expect(page).toContain('<html lang="en">');
    expect(page).toContain("prefers-color-scheme: dark");
  });

  test("answers are not kept by caches, and tell nothing about the server's software", async () => {
    const { headers } = await get("/");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("server")).toBe("nginx");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("there is a health address, and nothing else", async () => {
    const health = await get("/healthz");
    expect([health.status, await health.text()]).toEqual([200, "ok\n"]);
    for (const path of ["/index.html", "/../etc/passwd", "/.git/config"]) {
      expect((await get(path)).status).toBe(404);
    }
  });

  test("no process runs as root", async () => {
    const processes = await processesOf(container.id);
    expect(processes.length).toBeGreaterThan(1);
    expect(processes.filter(({ uid }) => uid === 0)).toEqual([]);
  });

  test("a release that could be markup is not shown", async () => {
    const other = await startLocally(image, "--env", 'RELEASE=<script>"; }');
    try {
      expect(await waitForHealth(other.id, 60)).toBe("healthy");
      const page = await (await fetch(`http://${other.address}/`)).text();
      expect(textOf(page, "release")).toBe("unknown");
      expect(await docker("logs", other.id)).toContain("RELEASE may have letters");
    } finally {
      await docker("rm", "--force", other.id);
    }
  });

  test("it stops at once and in order, and what visitors asked for is in its log", async () => {
    await get("/");
    const start = Date.now();
    await docker("stop", container.id);
    expect(Date.now() - start).toBeLessThan(8000);
    expect(await docker("inspect", "--format", "{{.State.ExitCode}}", container.id)).toBe("0");
    const log = await docker("logs", container.id);
    expect(log).toContain('"GET / HTTP/1.1" 200');
    expect(log).not.toContain("/healthz");
  });
});
