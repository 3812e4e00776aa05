/**
 * Servers that exist already: the whole sample site on four that the test makes, plain Debian with
 * systemd and sshd.
 */
import { statusPath } from "../../e2e/stage-under-test";
import { docker, eventually, fetchPage, TestStage } from "../../e2e/test-stage";
import { PlainServers } from "./plain-servers";

jest.setTimeout(25 * 60_000);

const cidr = "172.29.75.0/24";
const password = "Planted 'password' 1";
let servers: PlainServers;
let stage: TestStage;

/** `hive:prepared`, as an operator writes it. */
const hosts = (): Record<string, unknown> =>
  Object.fromEntries(
    servers.servers.map(({ address, hostKey }, index) => [
      `hive${index}`,
      { address, hostKey, zone: `rack-${index}`, ...(index === 2 ? { user: "debian" } : {}) },
    ]),
  );

/** Sets a one-time password, as an operator does: the value stands in no command line. */
async function setPassword(name: string): Promise<void> {
  const key = `hive:oneTimePasswords["${name}"]`;
  const run = await stage.hive(
    ["pulumi", "--", "config", "set", "--stack", "private", "--secret", "--path", key],
    { stdin: password },
  );
  if (run.code !== 0) throw new Error(run.output);
}

beforeAll(async () => {
  servers = new PlainServers("hive-plain-test", cidr);
  await servers.start(4);
  // As some providers hand them over: root with a password, or another user whom sudo asks for it.
  servers.allowPassword(1, "root", password);
  await servers.install(2, "sudo");
  servers.inside(2, "useradd --create-home --shell /bin/bash --groups sudo debian");
  servers.allowPassword(2, "debian", password);
  stage = new TestStage("prepared", {
    fleet: "prepared",
    cidr,
    // The servers of this test reach no registry.
    prepared: { hosts: hosts(), baseImages: "local" },
    operators: [{ name: "operator", publicKey: servers.publicKey }],
  });
  stage.keyFile = servers.keyFile;
  await setPassword("hive1");
  await setPassword("hive2");
});

afterAll(async () => {
  await stage?.hive(["destroy", "--yes"], { deadlineSeconds: 300 });
  stage?.remove();
  servers?.remove();
});

it("the whole site comes up on them", async () => {
  const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 1300 });
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  expect(run.output).toContain("The volume ldap-data needs replication");
  expect(run.output).toContain("The one-time passwords of hive1, hive2 have been used; removed");
  for (const { address } of servers.servers.slice(0, 3)) {
    const page = await eventually(60, () => fetchPage(`http://${address}${statusPath}`));
    expect(page.status).toBe(200);
  }
});

it("the one-time passwords are nowhere any more", async () => {
  expect(stage.read("Pulumi.private.yaml")).not.toContain("oneTimePasswords");
  const state = await stage.hive(["pulumi", "--", "stack", "export", "--show-secrets"]);
  expect(state.stdout).toContain("fleet-hive1-admin-user");
  expect(state.stdout).not.toContain("Planted");
  for (const index of [1, 2])
    expect(servers.inside(index, "journalctl --no-pager | grep --count Planted || true")).toBe("0");
});

it("a second run finds nothing to do", async () => {
  const run = await stage.hive(["pulumi", "--", "preview", "--expect-no-changes"]);
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
});

it("destroy takes what hive put there, also while a server is dead, and leaves the servers, who may log in, and the engine", async () => {
  docker("kill", servers.server(2).container);
  const run = await stage.hive(["destroy", "--yes"], { deadlineSeconds: 900 });
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  expect(run.output).toMatch(/hive could not be removed from p-hive2\S+:/);
  for (const index of [0, 1, 3]) {
    expect(await servers.ssh(index, "hive", "sudo id --user --name")).toBe("root");
    const left = servers.inside(
      index,
      `docker info --format '{{.Swarm.LocalNodeState}}'
docker ps --all --quiet
docker volume ls --quiet
ls -d /etc/hive /usr/local/lib/hive /var/lib/hive /etc/systemd/system/*hive* /etc/systemd/system/*/*hive* /etc/sysctl.d/*hive* 2> /dev/null
nft list tables | grep hive
# The server keeps its name.
grep hive.example /etc/hosts | grep --invert-match "^127.0.1.1.$(uname -n)$"
true`,
    );
    expect(left).toBe("inactive");
  }
  // Root gets in as before.
  expect(await servers.ssh(0, "root", "id --user --name")).toBe("root");
});
