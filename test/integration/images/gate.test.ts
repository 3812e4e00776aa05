import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as tlsConnect } from "node:tls";

import type { GatePlan } from "../../../model/gate";
import type { Route } from "../../../model/inventory";
import { planRoute } from "../../../model/service/routes";
import { gateConfig } from "../../../render/gate";
import { proves } from "../../proves";
import { type Answer, ask, type Asked, inside, textOf } from "./example-site";
import { buildLocally, docker, processesOf, waitForHealth } from "./local-image";

jest.setTimeout(300_000);

/**
 * A service: answers with what it was asked, as JSON. `/away` leads to its root with a cookie;
 * `/slow` takes two seconds; a WebSocket sends back what it gets. As a login service, it knows one
 * person, whose session is `good`.
 */
const service = String.raw`
use strict; use IO::Socket::INET; $SIG{CHLD} = "IGNORE"; $| = 1;
my $listen = IO::Socket::INET->new(LocalPort => 80, Listen => 64, ReuseAddr => 1) or die;
while (my $client = $listen->accept) {
  next if fork;
  my ($method, $path) = split / /, scalar <$client>;
  my (%is, @all);
  while (my $line = <$client>) {
    $line =~ s/\r\n//; last if $line eq "";
    my ($name, $value) = split /: /, $line, 2;
    $is{lc $name} = $value; push @all, "\"" . lc($name) . "\":\"" . $value =~ s/"/'/gr . "\"";
  }
  read $client, my $body, $is{"content-length"} // 0;
  my $end = "\r\n";
  if (($is{upgrade} // "") eq "websocket") {
    print $client "HTTP/1.1 101 Switching Protocols$end" . "Upgrade: websocket$end" . "Connection: upgrade$end$end";
    while (sysread $client, my $data, 1000) { syswrite $client, "echo $data" }
    exit;
  }
  my ($status, $more) = ("200 OK", "");
  if ($path eq "/check") {
    if (($is{cookie} // "") =~ /hive_session=good/) { $more = "X-Remote-User: queen$end" . "X-Remote-Name: The Queen$end" . "X-Remote-Groups: bees$end" }
    else {
      $status = "401 Unauthorized";
      $more = "Set-Cookie: hive_session=;Max-Age=0;path=/$end" if ($is{cookie} // "") =~ /hive_session=over/;
    }
  }
  if ($path =~ m{/away$}) { ($status, $more) = ("302 Found", "Location: /elsewhere$end" . "Set-Cookie: a=b; Path=/$end") }
  sleep 2 if $path =~ m{/slow$};
  my $text = "{\"at\":\"$ENV{HOSTNAME}\",\"path\":\"$path\",\"length\":" . length($body // "") . ",\"headers\":{" . join(",", @all) . "}}";
  print $client "HTTP/1.1 $status$end$more" . "Content-Length: " . length($text) . "$end" . "Connection: close$end$end$text";
  exit;
}
`;

/** What the service tells. */
interface Told {
  readonly at: string;
  readonly path: string;
  readonly length: number;
  readonly headers: Readonly<Record<string, string>>;
}

const network = `hive-gate-${randomBytes(4).toString("hex")}`;
const folder = mkdtempSync(join(tmpdir(), "hive-gate-"));
const started: string[] = [];
let image: string;
let gate: { readonly id: string; readonly address: string };

async function run(...args: readonly string[]): Promise<{ id: string; address: string }> {
  const labels = ["--label", "hive.test=image", "--memory", "256m", "--network", network];
  const id = await docker("run", "--detach", ...labels, ...args);
  started.push(id);
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  return { id, address: await docker("inspect", "--format", format, id) };
}

/** A task of a service, found by the name under which the Swarm's tasks are. */
const startTask = (name: string, hostname = name): Promise<{ id: string; address: string }> =>
  run(
    ...["--network-alias", `tasks.${name}`, "--hostname", hostname, "--user", "root"],
    ...["--env", `HOSTNAME=${hostname}`, image, "perl", "-e", service],
  );

const route = (name: string, given: Route): GatePlan["routes"][number] => ({
  ...planRoute(given),
  service: name,
});
const routes = [
  route("app", { port: 80, path: "/app/" }),
  route("small", { port: 80, path: "/small/", bodySize: "1KiB", timeout: "1s" }),
  route("gone", { port: 80, path: "/gone/" }),
  route("book", { port: 80, host: "guestbook" }),
  route("wiki", { port: 80, host: "wiki.example", path: "/", login: true }),
  route("wiki", { port: 80, path: "/private/", login: true }),
];

/** The gate of a private stage, but for its routes. */
const privateGate = {
  login: "am",
  secure: false,
  hsts: false,
  ports: { http: 80, https: 443 },
};

/** Puts a configuration where the gate finds it. @returns its release */
function configure(more: GatePlan["routes"] = []): string {
  const { release, text } = gateConfig({ ...privateGate, routes: [...routes, ...more] });
  put(text);
  return release;
}
function put(text: string): void {
  writeFileSync(join(folder, "new"), text, { mode: 0o644 });
  renameSync(join(folder, "new"), join(folder, "routes.conf"));
}
const serves = async (release: string): Promise<string> => {
  const { code, output } = await inside(gate, ["gate-release", release]);
  return code === 0 ? "yes" : output.trim();
};
async function untilServed(release: string): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await serves(release);
    if (answer === "yes") return;
    if (Date.now() > end) throw new Error(answer);
    await sleep(200);
  }
}

const get = (path: string, asked: Asked = {}): Promise<Answer> =>
  ask(`http://${gate.address}${path}`, asked);
async function told(path: string, asked: Asked = {}): Promise<Told> {
  const { status, text } = await get(path, asked);
  expect([path, status, text.slice(0, 1)]).toEqual([path, 200, "{"]);
  return JSON.parse(text) as Told;
}

beforeAll(async () => {
  // As on a server: readable for the gate's user.
  chmodSync(folder, 0o755);
  await docker("network", "create", "--label", "hive.test=image", network);
  image = await buildLocally("platform/images/gate");
  gate = await run(
    // As `model/planning/add-gate.ts` and the Docker Engines' settings have it.
    ...["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--hostname", "p-hive1", "--volume", `${folder}:/etc/hive-gate:ro`, image],
  );
  expect(await waitForHealth(gate.id, 60)).toBe("healthy");
});
afterAll(async () => {
  await docker("rm", "--force", "--volumes", ...started);
  await docker("network", "rm", network);
  rmSync(folder, { recursive: true, force: true });
});

test("without a configuration it is healthy and asks to wait, as a user without rights", async () => {
  const { status, headers, text } = await get("/app/");
  expect([status, headers.refresh, headers["retry-after"]]).toEqual([503, "1", "1"]);
  expect(text).toContain("One moment, please");
  expect((await get("/healthz")).headers["x-gate-release"]).toBe("none");
  const users = (await processesOf(gate.id)).map(({ uid }) => uid);
  expect(new Set(users)).toEqual(new Set([33]));
});

describe("with routes", () => {
  beforeAll(async () => {
    for (const name of ["app", "small", "book", "wiki", "am"]) await startTask(name);
    await untilServed(configure());
  });

  proves("routes.path", "routes.port")(
    "a path leads to the port of its service, which sees it as it was asked for",
    async () => {
      expect(await told("/app/a%2Fb//c?d=/e")).toMatchObject({
        at: "app",
        path: "/app/a%2Fb//c?d=/e",
      });
      const { status, headers } = await get("/app");
      expect([status, headers.location]).toEqual([301, "/app/"]);
      expect((await get("/other/")).status).toBe(404);
    },
  );

  proves("routes.host")("a name leads to its service, with anything behind it", async () => {
    for (const host of ["guestbook", "guestbook.hive.example:8080"]) {
      expect(await told("/a", { headers: { Host: host } })).toMatchObject({
        at: "book",
        path: "/a",
      });
    }
    expect((await get("/a", { headers: { Host: "book" } })).status).toBe(404);
  });

  test("without the name it is below it, and stays there", async () => {
    const { at, path, headers } = await told("/guestbook/a%2Fb?c");
    expect([at, path, headers["x-forwarded-prefix"]]).toEqual(["book", "/a%2Fb?c", "/guestbook"]);
    const away = await get("/guestbook/away");
    expect([away.headers.location, away.headers["set-cookie"]]).toEqual([
      "/guestbook/elsewhere",
      ["a=b; Path=/guestbook/"],
    ]);
    const named = await get("/away", { headers: { Host: "guestbook" } });
    expect([named.headers.location, named.headers["set-cookie"]]).toEqual([
      "/elsewhere",
      ["a=b; Path=/"],
    ]);
  });

  test("nobody says who he is, or where he comes from, but the gate", async () => {
    const lies = Object.fromEntries(
      [
        ...["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port"],
        ...["X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Real-IP"],
        ...["X-Original-URL", "X-Rewrite-URL", "X-Served-By"],
        ...["X-Remote-User", "x-remote-name", "X-Remote-Groups", "X_Remote_User"],
        ...["User", "Name", "Groups", "Email"].map((part) => `Remote-${part}`),
        ...["X-Remote-Email", "X-Authenticated-User", "X-Forwarded-Client-Cert"],
        ...["User", "Email", "Groups", "Preferred-Username", "Access-Token"].flatMap((part) => [
          `X-Forwarded-${part}`,
          `X-Auth-Request-${part}`,
        ]),
        ...["User", "Name", "Email", "Groups"].map((part) => `X-WebAuth-${part}`),
        ...["Cert", "CN", "DN", "S-DN", "Verify"].map((part) => `X-SSL-Client-${part}`),
      ].map((name) => [name, "a-lie"]),
    );
    const { headers } = await told("/app/", { headers: lies });
    expect(JSON.stringify(headers)).not.toContain("a-lie");
    // Neither the login service is lied to.
    expect(JSON.stringify((await told("/login", { headers: lies })).headers)).not.toContain(
      "a-lie",
    );
    expect(headers).toMatchObject({
      "x-forwarded-proto": "http",
      "x-forwarded-host": gate.address,
      "x-served-by": "p-hive1",
    });
    expect(headers["x-forwarded-for"]).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    const session = { headers: { ...lies, Cookie: "a=1; hive_session=good; b=2" } };
    const inPrivate = await told("/private/", session);
    expect(inPrivate.headers).toMatchObject({
      "x-remote-user": "queen",
      "x-remote-name": "The Queen",
      "x-remote-groups": "bees",
      cookie: "a=1; b=2",
    });
    expect((await told("/app/", session)).headers.cookie).toBe("a=1; b=2");
  });

  proves("routes.login")("a login is needed where the route says so", async () => {
    const { status, headers } = await get("/private/a?b=c");
    expect([status, headers.location]).toEqual([302, "/login?next=/private/a?b=c"]);
    const named = await get("/a", { headers: { Host: "wiki.example" } });
    expect([named.status, named.headers.location]).toEqual([302, "/login?next=/a"]);
    expect((await told("/login")).at).toBe("am");
    expect((await told("/wiki.example/a", { session: "good" })).headers["x-remote-user"]).toBe(
      "queen",
    );
    expect((await get("/private/", { session: "bad" })).status).toBe(302);
    const over = await get("/private/", { session: "over" });
    expect([over.status, over.headers.location, over.session, over.headers["x-served-by"]]).toEqual(
      [...[302, "/login?next=/private/", "", "p-hive1"]],
    );
    expect((await get("/private/")).headers["set-cookie"]).toBeUndefined();
    expect((await get("/.gate/check")).status).toBe(404);
    for (const path of [
      "/app/../private/",
      "/app/%2e%2e/private/",
      "/app/..%2fprivate/",
      "/app/..;/private/",
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 400]);
    }
    expect((await get("/app/...?a=/../b")).status).toBe(200);
  });

  proves("routes.bodySize")("a body that is too large is refused", async () => {
    const form = (length: number): Asked => ({ form: { a: "x".repeat(length) } });
    expect((await told("/small/", form(1000))).length).toBe(1002);
    expect((await get("/small/", form(1100))).status).toBe(413);
    expect((await told("/app/", form(1_000_000))).length).toBe(1_000_002);
  });

  proves("routes.timeout")("a service that says nothing for too long is given up", async () => {
    expect((await get("/small/slow")).status).toBe(503);
    expect((await told("/app/slow")).at).toBe("app");
  });

  test("a WebSocket stays open, through a new configuration too; no other protocol comes through", async () => {
    const socket = connect(80, gate.address);
    let received = "";
    socket.setEncoding("utf8").on("data", (text: string) => (received += text));
    const until = async (text: string): Promise<void> => {
      const end = Date.now() + 15_000;
      while (!received.includes(text) && Date.now() < end) await sleep(50);
      expect(received).toContain(text);
    };
    const request = [
      "GET /app/ws HTTP/1.1",
      "Host: a",
      "Connection: Upgrade",
      "Upgrade: websocket",
    ];
    socket.write(`${request.join("\r\n")}\r\n\r\n`);
    await until("101 Switching Protocols");
    socket.write("one");
    await until("echo one");
    await untilServed(configure([route("app", { port: 80, path: "/more/" })]));
    socket.write("two");
    await until("echo two");
    socket.destroy();
    const { headers } = await told("/app/", {
      headers: { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "a" },
    });
    expect(headers.upgrade).toBeUndefined();
  });

  test("a service that is away gets a page that loads itself again", async () => {
    const { status, headers, text } = await get("/gone/");
    expect([status, headers.refresh, text.includes("One moment")]).toEqual([503, "1", true]);
    // What hive status tells it by.
    expect(headers["x-hive-gate"]).toBe("waiting");
  });

  test("the next task is asked when one is gone, without an error in between", async () => {
    const second = await startTask("app", "app2");
    const seen = new Set<string>();
    const end = Date.now() + 20_000;
    while (seen.size < 2 && Date.now() < end) seen.add((await told("/app/")).at);
    expect(seen).toEqual(new Set(["app", "app2"]));
    // Paused, it takes connections and answers nothing; killed, it refuses them.
    await docker("kill", second.id);
    for (let count = 0; count < 20; count++) expect((await told("/app/")).at).toBe("app");
  });

  test("no request is lost while configurations are loaded", async () => {
    let asked = 0;
    let releases = 0;
    const end = Date.now() + 60_000;
    const goesOn = (): boolean => Date.now() < end && (asked < 1000 || releases < 3);
    const faults: string[] = [];
    const worker = async (): Promise<void> => {
      while (goesOn()) {
        asked += 1;
        await get("/status/").then(
          ({ status }) => (status === 200 ? undefined : faults.push(String(status))),
          (error: unknown) => faults.push(String(error)),
        );
      }
    };
    const reloading = (async () => {
      while (goesOn()) {
        await untilServed(configure([route("app", { port: 80, path: `/r${releases++}/` })]));
      }
    })();
    await Promise.all([...Array.from({ length: 8 }, worker), reloading]);
    expect(faults).toEqual([]);
    expect(releases).toBeGreaterThanOrEqual(3);
  });

  test("a configuration that nginx refuses changes nothing, and is told", async () => {
    const before = (await get("/healthz")).headers["x-gate-release"];
    put('# hive gate, format 2, release abcdef\nmap "" $release { default x; }\nnonsense;\n');
    const end = Date.now() + 15_000;
    while (!(await serves("abcdef")).includes("nonsense") && Date.now() < end) await sleep(200);
    expect(await serves("abcdef")).toMatch(/^the gate refused it: .*unknown directive "nonsense"/);
    expect((await told("/app/")).at).toBe("app");
    expect((await get("/healthz")).headers["x-gate-release"]).toBe(before);
    expect(await docker("logs", gate.id)).toContain("the routes stay as they are");
    // One for a later image is no error: it is loaded when that image comes.
    put("# hive gate, format 3, release fedcba\nnonsense;\n");
    await untilServed("fedcba");
    await untilServed(configure());
  });

  test("the status page names the server, the release, the time and the visitor, over HTTPS as well", async () => {
    const release = configure();
    await untilServed(release);
    for (const scheme of ["http", "https"]) {
      const { status, headers, text } = await ask(`${scheme}://${gate.address}/status/`);
      expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
      expect([textOf(text, "host"), textOf(text, "release")]).toEqual(["p-hive1", release]);
      expect(headers["x-served-by"]).toBe("p-hive1");
      expect(textOf(text, "client")).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect(textOf(text, "time")).toMatch(/^ ?\d{1,2} [A-Z][a-z]+ \d{4}, [\d:]{8} UTC$/);
      expect(Math.abs(Date.parse(textOf(text, "time")) - Date.now())).toBeLessThan(30_000);
      expect(text).not.toContain("<!--#");
    }
  });

  test("its pages load nothing from elsewhere, are kept by no cache, and say little about its software", async () => {
    const { headers, text } = await get("/status/");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    const urls = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url?.slice(0, 5));
    expect(urls).toEqual(["data:"]);
    expect(text).toContain('<html lang="en">');
    expect(text).toContain("prefers-color-scheme: dark");
    expect([headers["cache-control"], headers.server]).toEqual(["no-store", "nginx"]);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    const health = await get("/healthz");
    expect([health.status, health.text]).toEqual([200, "ok\n"]);
  });
});

describe("where it is secure", () => {
  const secured = (more: Partial<GatePlan> = {}): string => {
    const { release, text } = gateConfig({ ...privateGate, secure: true, routes, ...more });
    put(text);
    return release;
  };
  const secret = { form: { username: "queen", password: "secret-of-the-queen" } };
  beforeAll(() => untilServed(secured()));
  afterAll(() => untilServed(configure()));

  test("the port of HTTP leads to HTTPS, whatever is asked, and takes no password", async () => {
    const wanted: readonly [string, Asked?][] = [
      ["/"],
      ["/app/a%2Fb?c=d"],
      ["/status/"],
      ["/login"],
      ["/login/submit?next=/", secret],
      ["/private/", { session: "good" }],
      ["/guestbook/"],
    ];
    for (const [path, asked] of wanted) {
      const { status, headers, text } = await get(path, asked);
      expect([path, status, headers.location]).toEqual([
        path,
        301,
        `https://${gate.address}${path}`,
      ]);
      expect([headers["set-cookie"], text.includes('"at"')]).toEqual([undefined, false]);
      expect(headers["x-hive-gate"]).toBe("https");
    }
    const named = await get("/a", { headers: { Host: "guestbook.hive.example:8080" } });
    expect(named.headers.location).toBe("https://guestbook.hive.example/a");
    // Nothing of it reached the login service.
    expect(await docker("logs", gate.id)).not.toContain("secret-of-the-queen");
  });

  test("health checks are answered at both ports", async () => {
    for (const scheme of ["http", "https"]) {
      const { status, text } = await ask(`${scheme}://${gate.address}/healthz`);
      expect([scheme, status, text]).toEqual([scheme, 200, "ok\n"]);
    }
    expect((await inside(gate, ["gate-health"])).code).toBe(0);
  });

  test("HTTPS has everything, by address and by name", async () => {
    const page = async (path: string, asked: Asked = {}): Promise<Told> =>
      JSON.parse((await ask(`https://${gate.address}${path}`, asked)).text) as Told;
    expect((await page("/app/")).headers["x-forwarded-proto"]).toBe("https");
    expect((await page("/a", { headers: { Host: "guestbook" } })).at).toBe("book");
    expect((await page("/private/", { session: "good" })).headers["x-remote-user"]).toBe("queen");
    expect((await ask(`https://${gate.address}/private/`)).headers.location).toBe(
      "/login?next=/private/",
    );
  });

  test("browsers are told to come back over HTTPS only where the plan says so", async () => {
    const told = async (path: string): Promise<unknown> =>
      (await ask(`https://${gate.address}${path}`)).headers["strict-transport-security"];
    expect([await told("/app/"), await told("/status/")]).toEqual([undefined, undefined]);
    await untilServed(secured({ hsts: true }));
    for (const path of ["/app/", "/status/", "/gone/", "/private/", "/guestbook/"]) {
      expect([path, await told(path)]).toEqual([path, "max-age=31536000"]);
    }
    expect((await get("/app/")).headers["strict-transport-security"]).toBeUndefined();
  });

  test("it leads to the port at which HTTPS is published", async () => {
    await untilServed(secured({ ports: { http: 80, https: 8443 } }));
    expect((await get("/a")).headers.location).toBe(`https://${gate.address}:8443/a`);
  });

  test("who sends no name is told nothing of where to go", async () => {
    const socket = connect(80, gate.address);
    let received = "";
    socket.setEncoding("utf8").on("data", (text: string) => (received += text));
    socket.write("GET /a HTTP/1.0\r\n\r\n");
    await new Promise((resolve) => socket.on("close", resolve));
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(received).not.toMatch(/^location:/im);
  });
});

test("HTTPS shows the certificate that the gate is given", async () => {
  const subjectOf = (address: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = tlsConnect({ host: address, port: 443, rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.end();
      });
      socket.on("error", reject);
    });
  expect(await subjectOf(gate.address)).toBe("gate");
  const given = mkdtempSync(join(tmpdir(), "hive-tls-"));
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-days", "2", "-subj", "/CN=www.hive.example"],
      ...["-keyout", join(given, "tls.key"), "-out", join(given, "tls.crt")],
    ],
    { stdio: "ignore" },
  );
  try {
    chmodSync(given, 0o755);
    // As the Swarm mounts them: for the gate's user alone.
    const own = "chown 33:33 /given/tls.*; chmod 0400 /given/tls.*";
    await docker(
      ...["run", "--rm", "--user", "0", "--volume", `${given}:/given`],
      ...["--entrypoint", "sh", image, "-c", own],
    );
    const other = await run("--volume", `${given}:/run/secrets:ro`, image);
    expect(await waitForHealth(other.id, 60)).toBe("healthy");
    expect(await subjectOf(other.address)).toBe("www.hive.example");
  } finally {
    rmSync(given, { recursive: true });
  }
});

test("it ends at once when it is told to", async () => {
  const start = Date.now();
  await docker("stop", "--time", "20", gate.id);
  expect(Date.now() - start).toBeLessThan(15_000);
  expect(await docker("inspect", "--format", "{{.State.ExitCode}}", gate.id)).toBe("0");
});
