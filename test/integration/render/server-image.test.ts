import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readyStep } from "../../../render/ready";
import { Lab, type Server } from "./server";

const run = promisify(execFile);
jest.setTimeout(120_000);

let lab: Lab;
let server: Server;

beforeAll(async () => {
  lab = await Lab.open();
  server = await lab.server("image.hive.example", `${lab.prefix}.10`);
  await server.booted();
  await server.load("debian:trixie-slim");
  await server.sh("docker network create own");
}, 360_000);
afterAll(() => lab.close());

/** Starts a container in the server that runs until it is told to stop. */
const runInner =
  "docker run --detach --name inner --restart always --entrypoint /bin/sh debian:trixie-slim -c 'trap exit TERM; while :; do sleep 1 & wait; done'";

describe("a server container", () => {
  test("boots without a failed unit, and says so through the gate", async () => {
    expect(await server.ssh(readyStep())).toEqual({ status: 0, stdout: "ready\n", stderr: "" });
    expect((await server.sh("systemctl --failed --no-legend")).stdout).toBe("");
  });

  test("lets the admin user in with the key, and nobody else in any way", async () => {
    expect((await server.ssh("sudo -n id -un")).stdout).toBe("root\n");
    expect((await server.ssh("id", { user: "root" })).stderr).toContain(
      "Permission denied (publickey)",
    );
    const offered = await server.ssh("id", { flags: ["-o", "PubkeyAuthentication=no"] });
    expect(offered.stderr).toContain("Permission denied (publickey)");
  });

  test("accepts thirty SSH connections that begin at the same moment", async () => {
    const endings = await Promise.all(Array.from({ length: 30 }, () => server.ssh("true")));
    expect(endings.filter((ending) => ending.status !== 0)).toEqual([]);
  });

  test("has its own key pair and no other: none is in the image", async () => {
    expect((await server.sh("cd /etc/ssh && ls ssh_host_*")).stdout).toBe("ssh_host_ed25519_key\n");
  });

  test.each(["bridge", "own", "host"])(
    "runs containers that find names of the network around it (network %s)",
    async (network) => {
      const found = await server.sh(
        `docker run --rm --network ${network} debian:trixie-slim getent ahostsv4 ${server.containerName}`,
      );
      expect(found).toMatchObject({ status: 0, stderr: "" });
      expect(found.stdout).toContain(server.address);
    },
  );

  test("leaves port 53 to a name server of the site", async () => {
    const taken = await server.sh("ss --no-header --listening --tcp --udp --numeric 'sport = 53'");
    expect(taken).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("keeps the processes of inner containers inside its own control groups", async () => {
    expect((await server.sh(runInner)).status).toBe(0);
    const own = await server.sh(
      "sed -n 's,/init.scope$,,; s,^.*name=systemd:,,p; s,^0::,,p' /proc/1/cgroup | head -n 1",
    );
    const inner = await server.sh(
      "cat /proc/$(docker inspect --format '{{.State.Pid}}' inner)/cgroup",
    );
    expect(
      inner.stdout
        .trim()
        .split("\n")
        .map((line) => line.replace(/^[^:]*:[^:]*:/, "")),
    ).toEqual(
      inner.stdout
        .trim()
        .split("\n")
        .map(
          () =>
            expect.stringMatching(`^${own.stdout.trim()}/(containers|system\\.slice)/`) as string,
        ),
    );
  });

  test("comes back with its containers after it was killed", async () => {
    await run("docker", ["kill", server.containerName]);
    await run("docker", ["start", server.containerName]);
    await server.booted();
    await server.until("docker exec inner true", 60);
    const found = await server.sh(
      `docker run --rm debian:trixie-slim getent ahostsv4 ${server.containerName}`,
    );
    expect(found.stdout).toContain(server.address);
  });

  test("stops within five seconds, after its containers", async () => {
    const started = Date.now();
    await run("docker", ["stop", "--time", "20", server.containerName]);
    expect(Date.now() - started).toBeLessThan(5000);
    await run("docker", ["start", server.containerName]);
    await server.booted();
    const end = await server.sh("journalctl --unit docker.service --no-pager");
    expect(end.stdout).toContain("docker.service: Deactivated successfully");
  });

  test("goes through the gate with a failed unit, which is named there", async () => {
    await server.sh("systemd-run --unit planted-failure false; sleep 0.3");
    const ending = await server.ssh(readyStep());
    expect(ending.status).toBe(0);
    expect(ending.stdout).toMatch(/^note: units failed at boot; .*planted-failure\.service/m);
    expect(ending.stdout).toMatch(/^ready$/m);
    await server.sh("systemctl reset-failed");
  });

  test("tells the computer's engine that it is healthy", async () => {
    expect((await server.sh("/usr/local/lib/hive-host/health")).status).toBe(0);
    await server.sh("systemctl stop ssh.service");
    expect((await server.sh("/usr/local/lib/hive-host/health")).status).not.toBe(0);
    await server.sh("systemctl start ssh.service");
  });
});
