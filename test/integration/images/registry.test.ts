import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, signCertificate } from "../../../providers/certificate/client";
import { registryContainer } from "../../../render/registry";
import { rightsArguments } from "../../../render/systemd-container";
import { samplePlan } from "../../unit/render/sample-plan";
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
let folder: string;
let ca: string;
let container: LocalContainer;

/** The rights that it has on the repository server. */
const { rights } = registryContainer(samplePlan(), "");

/** Starts the registry with these rights, with the folder mounted. */
const start = (...args: readonly string[]): Promise<LocalContainer> =>
  startLocally(
    image,
    ...rightsArguments(rights),
    ...["--mount", `type=bind,source=${folder},target=/etc/hive-registry,readonly`],
    ...args,
  );

/** Status that the registry answers with; `account` is `user:password`. */
const ask = (method: string, path: string, account?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        host: container.address,
        port: 5000,
        servername: "registry.example",
        path,
        method,
        ca,
        timeout: 10_000,
        ...(account === undefined ? {} : { auth: account }),
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on("error", reject);
    sent.end();
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hive-registry-"));
  const authority = await createAuthority("test authority", 5, {
    permittedDomains: ["example"],
    permittedNetworks: ["127.0.0.0/8"],
  });
  ca = authority.certificatePem;
  const names = { commonName: "registry.example", dnsNames: ["registry.example"], ipAddresses: [] };
  const certificate = await signCertificate(authority, names, 2);
  const put = (file: string, content: string): void =>
    writeFileSync(join(folder, file), content, { mode: 0o600 });
  put("tls.crt", certificate.certificatePem);
  put("tls.key", certificate.privateKeyPem);
  for (const user of ["push", "pull"]) {
    const program = "print crypt($ENV{WORD}, q{$2y$06$abcdefghijklmnopqrstuu})";
    const hash = execFileSync("perl", ["-e", program], {
      env: { ...process.env, WORD: `${user}-word` },
      encoding: "utf8",
    });
    put(`${user}.htpasswd`, `${user}:${hash}`);
  }
  image = await buildLocally("platform/images/registry");
  container = await start();
  expect(await waitForHealth(container.id, 60)).toBe("healthy");
});
afterAll(async () => {
  await docker("rm", "--force", "--volumes", container.id);
  rmSync(folder, { recursive: true });
});

describe("the registry image", () => {
  test("nobody gets in without an account, or with a wrong password", async () => {
    expect(await ask("GET", "/v2/")).toBe(401);
    expect(await ask("GET", "/v2/_catalog", "pull:wrong")).toBe(401);
    expect(await ask("POST", "/v2/x/blobs/uploads/", "push:pull-word")).toBe(401);
  });

  test("the account pull reads and does nothing else", async () => {
    expect(await ask("GET", "/v2/_catalog", "pull:pull-word")).toBe(200);
    expect(await ask("HEAD", "/v2/", "pull:pull-word")).toBe(200);
    for (const [method, path] of [
      ["POST", "/v2/x/blobs/uploads/"],
      ["PUT", "/v2/x/manifests/1"],
      ["DELETE", "/v2/x/manifests/1"],
    ] as const) {
      expect(await ask(method, path, "pull:pull-word")).toBe(401);
    }
  });

  test("the account push writes, and removing is switched on", async () => {
    expect(await ask("POST", "/v2/x/blobs/uploads/", "push:push-word")).toBe(202);
    // 404, not 405: the registry would remove it if it were there.
    expect(await ask("DELETE", `/v2/x/manifests/sha256:${"0".repeat(64)}`, "push:push-word")).toBe(
      404,
    );
  });

  test("the registry behind nginx can be reached from inside only, and passwords stay in nginx", async () => {
    await expect(
      fetch(`http://${container.address}:5001/v2/`, { signal: AbortSignal.timeout(3000) }),
    ).rejects.toThrow();
    expect(await docker("logs", container.id)).not.toContain("-word");
  });

  test("only nginx's master and the script are root", async () => {
    const processes = await processesOf(container.id);
    const root = processes.filter(({ uid }) => uid === 0).map(({ command }) => command);
    expect(root.sort()).toEqual([
      "/bin/bash /usr/local/bin/hive-registry",
      "nginx: master process nginx -c /etc/hive-registry-image/nginx.conf",
    ]);
    expect(processes.map(({ command }) => command)).toContain(
      "docker-registry serve /etc/hive-registry-image/registry.yml",
    );
  });

  test("its server and nginx's workers have no capability, and nothing can gain one", async () => {
    const script =
      "for p in /proc/[0-9]*; do sed -n 's/^\\(Uid\\|CapPrm\\|NoNewPrivs\\):\\t\\(\\S*\\).*/\\2/p' $p/status | paste -sd ' '; done";
    const processes = (await docker("exec", container.id, "bash", "-c", script)).split("\n");
    const others = processes.filter((line) => !line.startsWith("0 "));
    expect(others.length).toBeGreaterThan(1);
    for (const line of others) expect(line).toMatch(/^\d+ 0000000000000000 1$/);
    for (const line of processes) expect(line).toMatch(/ 1$/);
  });

  test("it takes over a volume that another user has filled", async () => {
    const volume = `hive-registry-test-${process.pid}`;
    const mount = ["--mount", `type=volume,source=${volume},target=/var/lib/registry`];
    await docker(
      ...["run", "--rm", ...mount, "--entrypoint", "bash", image, "-c"],
      "mkdir -p /var/lib/registry/docker && touch /var/lib/registry/docker/file && chmod 0700 /var/lib/registry/docker && chown -R 1234 /var/lib/registry",
    );
    const other = await start(...mount);
    try {
      expect(await waitForHealth(other.id, 60)).toBe("healthy");
      const owner = ["stat", "--format", "%U", "/var/lib/registry/docker/file"];
      expect(await docker("exec", "--user", "docker-registry", other.id, ...owner)).toBe(
        "docker-registry",
      );
    } finally {
      await docker("rm", "--force", other.id);
      await docker("volume", "rm", volume);
    }
  });

  test("when one of its processes dies, the container ends, so that whoever keeps it starts it anew", async () => {
    // Detached: the command itself may be swept away with the container.
    await docker(
      "exec",
      "--detach",
      container.id,
      "bash",
      "-c",
      'for p in /proc/[0-9]*; do if [[ $(tr "\\0" " " < $p/cmdline) == docker-registry* ]]; then kill -9 "${p#/proc/}"; fi; done 2> /dev/null',
    );
    expect(await docker("wait", container.id)).not.toBe("0");
    expect(await docker("logs", container.id)).toContain("one of its processes ended");
    await docker("start", container.id);
    expect(await waitForHealth(container.id, 60)).toBe("healthy");
  });

  test("it stops at once and in order", async () => {
    const begin = Date.now();
    await docker("stop", container.id);
    expect(Date.now() - begin).toBeLessThan(8000);
    expect(await docker("inspect", "--format", "{{.State.ExitCode}}", container.id)).toBe("0");
  });

  test("without its files it says which are missing and where they belong", async () => {
    rmSync(join(folder, "pull.htpasswd"));
    const incomplete = await start();
    expect(await docker("wait", incomplete.id)).toBe("1");
    expect(await docker("logs", incomplete.id)).toContain(
      "missing or empty: /etc/hive-registry/pull.htpasswd.",
    );
    await docker("rm", "--force", "--volumes", incomplete.id);
  });
});
