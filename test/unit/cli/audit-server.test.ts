import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { containerProbe, readContainerProbe } from "../../../cli/audit/container-probe";
import { openPorts } from "../../../cli/audit/dial";
import { localFiles } from "../../../cli/audit/local-files";
import { readServer } from "../../../cli/audit/read-server";
import { mark, serverScript } from "../../../cli/audit/server-script";

const input = { user: "hive", registry: "registry.hive.example:5000" };
const part = (name: string, output = "", code = 0): string =>
  `\n${mark} begin ${name}\n${output}\n${mark} end ${name} ${code}\n`;

test.each([
  ["of a server", serverScript(input)],
  ["in a container", containerProbe(["172.29.16.4:22"])],
])("the script %s is one that bash takes", (_name, script) => {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});

test("no part of the script prints a password's hash or a private key", () => {
  const script = serverScript(input);
  expect(script).not.toMatch(/tls\.key|htpasswd|JoinTokens|cat \/etc\/shadow/);
});

describe("what a server says", () => {
  const container = {
    name: "/web.1.x",
    image: "registry.hive.example:5000/web@sha256:1",
    imageId: "sha256:2",
    process: 42,
    task: "t1",
    service: "web",
    privileged: false,
    pid: "",
    network: "host",
    ipc: "private",
    uts: "",
    capabilities: ["CAP_NET_ADMIN"],
    mounts: [
      { Type: "bind", Source: "/etc", Destination: "/x", RW: false },
      { Type: "volume", Source: "/var/lib/docker/volumes/v/_data", Destination: "/v", RW: true },
    ],
    ports: { "80/tcp": [{ HostPort: "8080" }], "53/udp": [{ HostPort: "53" }], "1/tcp": null },
  };
  const byHand = { ...container, name: "/x", task: null, service: null, mounts: null, ports: null };
  const said = readServer(
    [
      part("listening", "0.0.0.0:22\n[::]:22\n*:2377\n127.0.0.1:9\n[::1]:8\n127.0.0.53%lo:53"),
      part("sshd", "port 22\nallowusers hive"),
      part("sshd-root", "", 255),
      part("keys", "/etc/ssh/authorized_keys/hive\tssh-ed25519 AAAA anna\tb"),
      part("accounts", "root\t0\t/bin/bash\tnone\neve\t1000\t/bin/sh\tset\nold\t9\t/bin/sh\t"),
      part("groups", "docker\thive"),
      part("containers", `${JSON.stringify(container)}\n${JSON.stringify(byHand)}`),
      part("rights", "42\t1"),
      part("images", "sha256:2\t2026-05-01T10:00:00.5Z"),
      part(
        "networks",
        `{"name":"a","driver":"overlay","options":{"encrypted":""},"labels":{"hive.site":"s"},"ingress":false}\n{"name":"b","driver":"overlay","options":null,"labels":null,"ingress":true}`,
      ),
      part("swarm", '"2026-05-01T10:00:00Z"'),
      part("files", "660\troot\tdocker\ts\t/run/docker.sock\n1777\troot\troot\td\t/a\tb"),
      part("authority", "no certificate"),
      part(
        "updates",
        "Inst openssl [1] (2 Debian-Security:12/stable-security [amd64])\nInst vim [1] (2 Debian:12/stable [amd64])",
      ),
      part("lists", "1770000000.5"),
      part("reboot", "reboot"),
      part("firewall-unit", "active"),
      part("firewall", "published\ndrops"),
    ].join(""),
  );

  test("is read part by part; those that failed or are absent are named", () => {
    expect(said).toMatchObject({
      failed: ["sshd-root", "sshd-matches", "sudo-rules", "registry-certificate", "store"],
      listening: [22, 2377],
      sshd: ["port 22", "allowusers hive"],
      keys: [{ file: "/etc/ssh/authorized_keys/hive", line: "ssh-ed25519 AAAA anna\tb" }],
      accounts: [
        { name: "root", id: 0, password: "none" },
        { name: "eve", id: 1000, password: "set" },
        { name: "old", id: 9, password: "none" },
      ],
      groups: [{ group: "docker", member: "hive" }],
      networks: [
        { name: "a", encrypted: true, site: "s", ingress: false },
        { name: "b", encrypted: false, ingress: true },
      ],
      swarmUpdatedAt: "2026-05-01T10:00:00Z",
      files: [
        { path: "/run/docker.sock", mode: 0o660, group: "docker", kind: "s" },
        { path: "/a\tb", mode: 0o1777 },
      ],
      updates: [
        { name: "openssl", security: true },
        { name: "vim", security: false },
      ],
      listsFetchedAt: 1770000000.5,
      rebootWaits: true,
      firewallUnit: "active",
      firewallLoaded: true,
      firewallDrops: true,
    });
    expect(said.containers).toEqual([
      {
        name: "web.1.x",
        image: container.image,
        built: "2026-05-01T10:00:00.5Z",
        task: "t1",
        service: "web",
        privileged: false,
        hostNamespaces: ["network"],
        capabilities: ["NET_ADMIN"],
        binds: [{ source: "/etc", target: "/x", readOnly: true }],
        ports: [8080],
        noNewPrivileges: true,
      },
      expect.objectContaining({ name: "x", binds: [], ports: [] }),
    ]);
    expect(said.containers[1]).not.toHaveProperty("task");
  });

  test("nothing, or what is no JSON, fails and throws nothing", () => {
    expect(readServer("").failed).toHaveLength(22);
    expect(readServer(part("containers", "template error")).failed).toContain("containers");
  });
});

test("the accounts of a server are told without their hashes", () => {
  const folder = mkdtempSync(join(tmpdir(), "hive-accounts-"));
  try {
    writeFileSync(join(folder, "shadow"), "root:*:1\nanna:$6$x$hash:1\neve::1\nlocked:!$6$x:1\n");
    writeFileSync(
      join(folder, "passwd"),
      "root:x:0:0:root:/root:/bin/bash\nanna:x:1000:1::/:/bin/bash\neve:x:1:1::/:/bin/sh\nlocked:x:2:1::/:/bin/sh\n",
    );
    const line = serverScript(input)
      .split("\n")
      .find((text) => text.startsWith("part accounts"))
      ?.replaceAll("/etc/", `${folder}/`);
    const { stdout } = spawnSync("bash", ["-c", `part() { bash -c "$2"; }\n${line}`], {
      encoding: "utf8",
    });
    expect(stdout).toBe(
      "root\t0\t/bin/bash\tnone\nanna\t1000\t/bin/bash\tset\neve\t1\t/bin/sh\tempty\nlocked\t2\t/bin/sh\tnone\n",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ["open 172.29.16.5:22\nopen 172.29.16.4:22\nasked\n", ["172.29.16.4:22", "172.29.16.5:22"]],
  ["asked\n", []],
  ["", undefined],
  ["open 172.29.16.4:22\n", undefined],
])("what a container says: %j", (stdout, targets) => {
  expect(readContainerProbe(stdout)).toEqual(targets);
});

test("a port that takes a connection is open, one where nobody listens is not", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    expect(await openPorts("127.0.0.1", [port, port])).toEqual([{ port, from: "127.0.0.1" }]);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  expect(await openPorts("127.0.0.1", [port])).toEqual([]);
});

test("files of the clone with keys, with their modes; those that are not there are left out", () => {
  const folder = mkdtempSync(join(tmpdir(), "hive-home-"));
  const before = process.env["HIVE_HOME"];
  process.env["HIVE_HOME"] = folder;
  try {
    mkdirSync(join(folder, "private", "ssh"), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "private", "ssh", "id_ed25519"), "", { mode: 0o600 });
    writeFileSync(join(folder, "private", "ssh", "config"), "");
    chmodSync(folder, 0o750);
    const seen = localFiles("private").map(({ path, mode }) => [path.slice(folder.length), mode]);
    expect(seen).toEqual([
      ["", 0o750],
      ["/private", 0o700],
      ["/private/ssh", 0o700],
      ["/private/ssh/id_ed25519", 0o600],
    ]);
  } finally {
    if (before === undefined) delete process.env["HIVE_HOME"];
    else process.env["HIVE_HOME"] = before;
    rmSync(folder, { recursive: true });
  }
});
