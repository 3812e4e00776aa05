import { auditText } from "../../../cli/audit/audit-text";
import type {
  AuditFacts,
  ContainerFacts,
  FileFacts,
  PlannedFacts,
  ServerFacts,
  ServerProbe,
} from "../../../cli/audit/facts";
import { judgeAudit } from "../../../cli/audit/judge";
import { wantedFacts } from "../../../cli/audit/wanted";
import { plain } from "../../../cli/terminal";
import { quote } from "../../../render/shell";
import { effectiveSshd } from "../../../render/sshd";
import { samplePlan } from "../render/sample-plan";

const now = Date.parse("2026-06-01T00:00:00Z");
const daysAgo = (days: number): string => new Date(now - days * 24 * 3600 * 1000).toISOString();
const ownKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwn";
const list = "/etc/ssh/authorized_keys/hive";

const plan: PlannedFacts = {
  network: "172.29.16.0/24",
  sshPort: 22,
  encryptsNetworks: true,
  updatesPackages: true,
  externalNetworks: ["shared"],
  services: {
    web: { capabilities: ["NET_ADMIN"], rootOnServers: false },
    agent: { capabilities: [], rootOnServers: true },
  },
  registryCapabilities: ["CHOWN"],
  newPrivileges: false,
};

function container(name: string, change: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    name: `${name}.1.x`,
    image: `registry.hive.example:5000/${name}@sha256:1`,
    built: daysAgo(3),
    task: `task-of-${name}`,
    service: name,
    privileged: false,
    hostNamespaces: [],
    capabilities: [],
    binds: [],
    ports: [],
    noNewPrivileges: true,
    ...change,
  };
}

/** A container that does not say that it is of the Swarm. */
function outsideOfSwarm({ task, service, ...rest }: ContainerFacts): ContainerFacts {
  void [task, service];
  return rest;
}

function file(path: string, mode: number, change: Partial<FileFacts> = {}): FileFacts {
  return { path, mode, user: "root", group: "root", kind: "f", ...change };
}

const docker = { kind: "s", group: "docker" };

const probe: ServerProbe = {
  failed: [],
  listening: [22, 80],
  sshd: [...effectiveSshd("hive"), "usedns no"],
  sshdForRoot: ["permitrootlogin no"],
  sshdMatches: [],
  keys: [{ file: list, line: `${ownKey} anna` }],
  accounts: [
    { name: "root", id: 0, shell: "/bin/bash", password: "none" },
    { name: "hive", id: 1900, shell: "/bin/bash", password: "none" },
    { name: "sync", id: 4, shell: "/bin/sync", password: "set" },
  ],
  groups: [{ group: "docker", member: "hive" }],
  sudoRules: [
    { file: "/etc/sudoers", line: "root\tALL=(ALL:ALL) ALL" },
    { file: "/etc/sudoers", line: "%sudo\tALL=(ALL:ALL) ALL" },
    { file: "/etc/sudoers.d/hive", line: "hive ALL=(ALL:ALL) NOPASSWD: ALL" },
    { file: "/etc/sudoers.d/other", line: "backup host=(root) /usr/bin/tar" },
  ],
  authorities: [
    { subject: "former", end: "2026-08-01T00:00:00.000Z" },
    { subject: "present", end: "2036-01-01T00:00:00.000Z" },
  ],
  storeFiles: [],
  containers: [
    container("web", {
      capabilities: ["NET_ADMIN"],
      binds: [{ source: "/etc/hive/gate", target: "/etc/gate", readOnly: true }],
    }),
    container("agent", {
      binds: [{ source: "/var/run/docker.sock", target: "/docker.sock", readOnly: false }],
    }),
  ],
  networks: [
    { name: "ingress", driver: "overlay", encrypted: false, ingress: true },
    {
      name: "hive_default",
      driver: "overlay",
      encrypted: true,
      site: "hive.example",
      ingress: false,
    },
    { name: "shared", driver: "overlay", encrypted: false, ingress: false },
  ],
  swarmUpdatedAt: daysAgo(30),
  files: [
    file("/run/docker.sock", 0o660, docker),
    file("/etc/hive/registry/tls.crt", 0o644),
    file("/etc/hive/registry/tls.key", 0o600),
    file("/var/lib/hive-shared/db", 0o700, { user: "999" }),
    file("/etc/docker/link", 0o777, { kind: "l" }),
  ],
  updates: [],
  listsFetchedAt: Date.parse(daysAgo(2)) / 1000,
  rebootWaits: false,
  firewallUnit: "active",
  firewallLoaded: true,
  firewallDrops: true,
};

const server: Omit<ServerFacts, "probe"> = {
  name: "hive0.hive.example",
  role: "cluster",
  user: "hive",
  port: 22,
  open: [22, 80].map((port) => ({ port, from: "192.0.2.9" })),
  openToContainers: [],
};

const clean: AuditFacts = {
  stage: "production",
  site: "hive.example",
  registry: "registry.hive.example:5000",
  baseImages: [{ name: "debian:trixie-slim", days: 29 }],
  operatorKeys: [ownKey],
  servers: [{ ...server, probe: { value: probe } }],
  wanted: { publishedPorts: [80], registryPort: 5000, plan },
  swarm: {
    value: {
      taskIds: ["task-of-web", "task-of-agent"],
      services: [{ name: "web", site: "hive.example" }],
    },
  },
  certificateEnd: "2027-06-01T00:00:00Z",
  localFiles: [{ path: "/home/anna/site/.hive", mode: 0o700 }],
};

const withProbe = (change: Partial<ServerProbe>): Partial<AuditFacts> => ({
  servers: [{ ...server, probe: { value: { ...probe, ...change } } }],
});
const withServer = (change: Partial<ServerFacts>): Partial<AuditFacts> => ({
  servers: [{ ...server, probe: { value: probe }, ...change }],
});
const withContainer = (change: Partial<ContainerFacts>): Partial<AuditFacts> =>
  withProbe({ containers: [container("web", change)] });
const withPlan = (change: Partial<PlannedFacts>): Partial<AuditFacts> => ({
  wanted: { ...clean.wanted, plan: { ...plan, ...change } },
});
const withFile = (changed: FileFacts): Partial<AuditFacts> => withProbe({ files: [changed] });
const judged = (change: Partial<AuditFacts>) => judgeAudit({ ...clean, ...change }, now);
/** `<id>: <what>` of all findings. */
const found = (change: Partial<AuditFacts>): readonly string[] =>
  judged(change).findings.map(({ id, what }) => `${id}: ${what}`);

test("a stage as it was built has no finding", () => {
  expect(judged({})).toEqual({
    stage: "production",
    site: "hive.example",
    checked: ["hive0.hive.example"],
    notes: [],
    findings: [],
  });
  expect(auditText(judged({}), plain)).toBe(
    "hive.example, stage production\n\nNothing was found on 1 server.",
  );
});

describe("each weakness is found, and nothing else", () => {
  test.each<[string, Partial<AuditFacts>]>([
    [
      "unreachable: It was not looked at: no answer",
      withServer({ probe: { reason: "no answer" } }),
    ],
    [
      "not-checked: These questions failed there: sshd, files.",
      withProbe({ failed: ["sshd", "files"], sshd: [] }),
    ],
    ["not-checked: Its services were not looked at: no leader", { swarm: { reason: "no leader" } }],
    [
      "port-open: TCP port 2375 (the Docker Engine without TLS: whoever reaches it is root) answers this computer",
      withServer({ open: [{ port: 2375, from: "192.0.2.9" }] }),
    ],
    [
      "port-open: TCP port 5000 (the registry) answers this computer",
      withServer({ role: "repository", open: [{ port: 5000, from: "192.0.2.9" }] }),
    ],
    [
      "port-from-container: A container on it reaches what is for servers and operators: 172.29.16.5:22, 172.29.16.5:2377 (managers",
      withServer({ openToContainers: ["172.29.16.5:22", "172.29.16.5:2377"] }),
    ],
    [
      "firewall-unit: Its firewall's unit, hive-firewall.service, is failed.",
      withProbe({ firewallUnit: "failed" }),
    ],
    [
      "firewall-rules: The rules of its firewall are not loaded.",
      withProbe({ firewallLoaded: false }),
    ],
    [
      "firewall-rules: Its firewall lets in what no rule names",
      withProbe({ firewallDrops: false }),
    ],
    [
      "sshd-settings: sshd works with `passwordauthentication yes`; hive's settings are `passwordauthentication no`.",
      withProbe({
        sshd: probe.sshd.map((line) => line.replace(/^(passwordauthentication) no/, "$1 yes")),
      }),
    ],
    [
      "sshd-settings: sshd works with `allowusers eve`; hive's settings are `allowusers hive`.",
      withProbe({ sshd: [...probe.sshd, "allowusers eve"] }),
    ],
    [
      "sshd-settings: sshd works with `allowusers (not set)`",
      withProbe({ sshd: probe.sshd.filter((line) => !line.startsWith("allowusers")) }),
    ],
    [
      "sshd-settings: sshd works with `permitrootlogin yes`",
      withProbe({ sshdForRoot: ["permitrootlogin yes"] }),
    ],
    [
      "sshd-match: A Match block of sshd's settings gives somebody other rules: /etc/ssh/sshd_config:9:Match all.",
      withProbe({ sshdMatches: ["/etc/ssh/sshd_config:9:Match all"] }),
    ],
    [
      `foreign-key: ${list} has a key of nobody in hive:operators: ssh-ed25519 AAAAother eve.`,
      withProbe({ keys: [...probe.keys, { file: list, line: "ssh-ed25519 AAAAother eve" }] }),
    ],
    [
      "foreign-key: /etc/ssh/authorized_keys/eve has a key of nobody",
      withProbe({ keys: [{ file: "/etc/ssh/authorized_keys/eve", line: ownKey }] }),
    ],
    [
      "password: The user eve with the shell /bin/sh has a password",
      withProbe({ accounts: [{ name: "eve", id: 1000, shell: "/bin/sh", password: "set" }] }),
    ],
    [
      "password: The user eve with the shell /bin/sh has an empty password",
      withProbe({ accounts: [{ name: "eve", id: 1000, shell: "/bin/sh", password: "empty" }] }),
    ],
    [
      "account-root: The user eve has the number 0",
      withProbe({ accounts: [{ name: "eve", id: 0, shell: "/bin/sh", password: "none" }] }),
    ],
    [
      "group-member: The user eve is in the group sudo",
      withProbe({ groups: [{ group: "sudo", member: "eve" }] }),
    ],
    [
      "sudo-rule: /etc/sudoers.d/cloud lets others become root: `eve ALL=(ALL) NOPASSWD:ALL`.",
      withProbe({
        sudoRules: [{ file: "/etc/sudoers.d/cloud", line: "eve ALL=(ALL) NOPASSWD:ALL" }],
      }),
    ],
    [
      "sudo-rule: /etc/sudoers lets others become root: `%sudo ALL=(ALL) NOPASSWD: ALL`.",
      withProbe({ sudoRules: [{ file: "/etc/sudoers", line: "%sudo ALL=(ALL) NOPASSWD: ALL" }] }),
    ],
    [
      "file-mode: /etc/hive/registry/tls.key has the mode 0640 and belongs to root:root: others than root may read it",
      withFile(file("/etc/hive/registry/tls.key", 0o640)),
    ],
    [
      "file-mode: /etc/sudoers.d/hive has the mode 0666 and belongs to root:root: others than root may change it.",
      withFile(file("/etc/sudoers.d/hive", 0o666)),
    ],
    [
      "file-mode: /etc/docker/daemon.json has the mode 0644 and belongs to eve:root",
      withFile(file("/etc/docker/daemon.json", 0o644, { user: "eve" })),
    ],
    [
      "docker-socket: The Docker Engine's socket has the mode 0666 and belongs to root:docker",
      withFile(file("/run/docker.sock", 0o666, docker)),
    ],
    [
      "docker-socket: The Docker Engine's socket has the mode 0660 and belongs to root:users",
      withFile(file("/run/docker.sock", 0o660, { group: "users" })),
    ],
    [
      "local-files: /home/anna/site/.hive has the mode 0750",
      { localFiles: [{ path: "/home/anna/site/.hive", mode: 0o750 }] },
    ],
    [
      "container-by-hand: The container web.1.x (registry.hive.example:5000/web@sha256:1) is neither of the Swarm nor of hive, with the ports 81 of the server.",
      withContainer({ task: "made-up", ports: [81] }),
    ],
    [
      "container-privileged: The container web.1.x is privileged and is in the server's namespace pid",
      withContainer({ privileged: true, hostNamespaces: ["pid"] }),
    ],
    [
      "container-capabilities: The container web.1.x has capabilities that nothing declares: SYS_ADMIN.",
      withContainer({ capabilities: ["NET_ADMIN", "SYS_ADMIN"] }),
    ],
    [
      "container-mount: The container web.1.x mounts / of the server",
      withContainer({ binds: [{ source: "/", target: "/host", readOnly: true }] }),
    ],
    [
      "container-mount: The container web.1.x mounts /var/run/docker.sock of the server",
      withContainer({
        binds: [{ source: "/var/run/docker.sock", target: "/x", readOnly: true }],
      }),
    ],
    [
      "container-new-privileges: Programs of the container web.1.x can gain rights",
      withContainer({ noNewPrivileges: false }),
    ],
    [
      "network-clear: The network web is not encrypted between servers",
      withProbe({
        networks: [
          {
            name: "web",
            driver: "overlay",
            encrypted: false,
            site: "hive.example",
            ingress: false,
          },
        ],
      }),
    ],
    [
      "network-foreign: The network byhand is not of the site",
      withProbe({
        networks: [{ name: "byhand", driver: "overlay", encrypted: true, ingress: false }],
      }),
    ],
    [
      "service-foreign: The service miner is not of the site",
      {
        swarm: {
          value: { taskIds: ["task-of-web", "task-of-agent"], services: [{ name: "miner" }] },
        },
      },
    ],
    [
      "join-tokens: Its join tokens are at least 366 days old.",
      withProbe({ swarmUpdatedAt: daysAgo(366) }),
    ],
    [
      "certificate-end: Its certificate ends in 80 days, on 2026-08-20.",
      { certificateEnd: "2026-08-20T00:00:00Z" },
    ],
    [
      "certificate-end: Its certificate ended on 2026-05-30.",
      withProbe({ registryCertificate: { subject: "", end: "2026-05-30T00:00:00.000Z" } }),
    ],
    [
      "authority-end: The site's authority, which it trusts for the registry, ends in 61 days, on 2026-08-01.",
      withProbe({ authorities: probe.authorities.slice(0, 1) }),
    ],
    [
      "authority-in-store: Every program of it trusts /usr/local/share/ca-certificates/hive-x.crt",
      withProbe({ storeFiles: ["/usr/local/share/ca-certificates/hive-x.crt"] }),
    ],
    [
      "image-age: The image of web (registry.hive.example:5000/web) was built 30 days ago",
      withContainer({ built: daysAgo(30) }),
    ],
    [
      "image-age: Builds start from debian:trixie-slim as it was 30 days ago.",
      { baseImages: [{ name: "debian:trixie-slim", days: 30 }] },
    ],
    ["reboot: It waits for a reboot", withProbe({ rebootWaits: true })],
    [
      "package-updates: 2 packages have updates, 1 of them for security: openssl.",
      withProbe({
        updates: [
          { name: "openssl", security: true },
          { name: "vim", security: false },
        ],
      }),
    ],
    [
      "package-lists: Its lists of packages are 20 days old",
      withProbe({ listsFetchedAt: Date.parse(daysAgo(20)) / 1000 }),
    ],
  ])("%s", (start, change) => {
    expect(found(change)).toEqual([expect.stringContaining(start)]);
  });
});

describe("what is as the stage means it is no finding", () => {
  const registry = container("registry", { name: "hive-registry", capabilities: ["CHOWN"] });
  const outside = outsideOfSwarm(registry);
  test.each<[string, Partial<AuditFacts>]>([
    [
      "the registry, asked from the stage's network, and its container",
      withServer({
        role: "repository",
        open: [{ port: 5000, from: "::ffff:172.29.16.1" }],
        probe: { value: { ...probe, containers: [outside] } },
      }),
    ],
    ["another port of SSH", withServer({ port: 2222, open: [{ port: 2222, from: "192.0.2.9" }] })],
    [
      "networks in clear where the stage wants them so",
      {
        ...withPlan({ encryptsNetworks: false }),
        ...withProbe({
          networks: [
            {
              name: "web",
              driver: "overlay",
              encrypted: false,
              site: "hive.example",
              ingress: false,
            },
          ],
        }),
      },
    ],
    [
      "new privileges, where a service asks for them",
      {
        ...withPlan({ newPrivileges: true }),
        ...withContainer({ noNewPrivileges: false }),
      },
    ],
    ["a container whose first program has ended meanwhile", withProbe({ containers: [] })],
    ["an image without a time", withContainer({ built: "1970-01-01T00:00:00Z" })],
    [
      "packages of servers whose image has them",
      {
        ...withPlan({ updatesPackages: false }),
        ...withProbe({ updates: [{ name: "vim", security: true }] }),
      },
    ],
    ["a key with options", withProbe({ keys: [{ file: list, line: `no-pty ${ownKey} anna` }] })],
  ])("%s", (_name, change) => {
    expect(found(change)).toEqual([]);
  });
});

test("an old image of the stage is renewed by an update, one of others by a newer name", () => {
  const remedyOf = (image: string): string | undefined =>
    judged(withContainer({ image, built: daysAgo(90) })).findings[0]?.remedy;
  const update = "`npx hive update --stack production` builds it again";
  expect(remedyOf("registry.hive.example:5000/web@sha256:1")).toContain(update);
  expect(remedyOf(`sha256:${"1".repeat(64)}`)).toContain(update);
  expect(remedyOf("postgres:17@sha256:1")).toContain("Name a newer image in the site");
});

test("waiting packages are upgraded by an update; a reboot is left to a person", () => {
  const remedies = judged(
    withProbe({ updates: [{ name: "openssl", security: true }], rebootWaits: true }),
  ).findings.map(({ remedy }) => remedy);
  expect(remedies[0]).toContain("npx hive update --stack production");
  expect(remedies[1]).toMatch(/hive drain hive0 .*systemctl reboot.*hive undrain hive0/);
});

test("a container with the registry's name on a cluster server is by hand", () => {
  const fake = outsideOfSwarm(container("x", { name: "hive-registry" }));
  expect(found(withProbe({ containers: [fake] }))).toEqual([
    expect.stringContaining("container-by-hand"),
  ]);
});

test("without a plan, and behind forwarded ports, it is said what was not compared", () => {
  const { name, role, user, port } = server;
  const { notes, findings } = judged({
    wanted: { publishedPorts: [80], registryPort: 5000 },
    servers: [{ name, role, user, port, probe: { value: probe } }],
  });
  expect(findings).toEqual([]);
  expect(notes).toEqual([
    expect.stringContaining("The site cannot be planned"),
    expect.stringContaining("by forwarded ports"),
    expect.stringContaining("no image with bash"),
  ]);
});

test("the worst comes first, and each has its remedy", () => {
  const report = judged(
    withProbe({
      swarmUpdatedAt: daysAgo(900),
      firewallUnit: "inactive",
      storeFiles: ["/hive.crt"],
    }),
  );
  expect(report.findings.map(({ severity }) => severity)).toEqual(["high", "medium", "low"]);
  const text = auditText(report, plain);
  expect(text).toContain("high    firewall-unit  hive0.hive.example\n  Its firewall's unit");
  expect(text).toContain(
    "npx hive ssh --stack production hive0 -- sudo journalctl -u hive-firewall",
  );
  expect(text).toMatch(/3 findings on 1 server\.$/);
  for (const { remedy } of report.findings) expect(remedy).toMatch(/`.*`/);
});

test("what is wanted comes from the state's ports and the plan", () => {
  const sample = samplePlan();
  const port = { published: 80, target: 80, protocol: "tcp", mode: "ingress" } as const;
  const address = { url: "tcp://192.0.2.1:80", host: "hive0", port, moves: false };
  const udp = { ...address, port: { ...port, published: 53, protocol: "udp" as const } };
  const wanted = wantedFacts(
    { addresses: { web: [address, address, udp] }, registry: { address: "registry.x:5001" } },
    sample,
  );
  expect(wanted).toMatchObject({
    publishedPorts: [80],
    registryPort: 5001,
    plan: {
      network: sample.network.cidr,
      encryptsNetworks: sample.traits.encryptsNetworks,
      registryCapabilities: ["CHOWN", "DAC_OVERRIDE", "KILL", "SETGID", "SETUID"],
    },
  });
  expect(Object.keys(wanted.plan?.services ?? {})).toEqual(sample.services.map(({ name }) => name));
});

test("what a server says cannot act in a command that is pasted", () => {
  const evil = "x'; rm -rf ~; `id` $(id)";
  const { findings } = judged({
    ...withProbe({
      accounts: [{ name: evil, id: 5, shell: "/bin/sh", password: "set" }],
      groups: [{ group: "docker", member: evil }],
      keys: [{ file: evil, line: "k" }],
      sudoRules: [{ file: evil, line: "eve ALL=ALL" }],
      sshdMatches: [`${evil}:1:Match all`],
      storeFiles: [evil],
      files: [file(evil, 0o666)],
      containers: [container("web", { name: evil, task: "none" })],
      networks: [{ name: evil, driver: "overlay", encrypted: true, ingress: false }],
    }),
    swarm: { value: { taskIds: [], services: [{ name: evil }] } },
  });
  expect(findings).toHaveLength(10);
  for (const { id, remedy } of findings)
    expect([id, remedy]).toEqual([id, expect.stringContaining(quote(evil))]);
});
