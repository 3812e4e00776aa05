/**
 * Servers that exist already: the whole sample site on four that the test makes, plain Debian with
 * systemd and sshd. They pass the chapters of the other stages that depend on how servers are made
 * and reached.
 */
import { runningSite } from "./chapters/running-site";
import { secondRun } from "./chapters/second-run";
import { secrets } from "./chapters/secrets";
import { sharesTheComputer } from "./computer";
import { PlainServers } from "./plain-servers";
import { StageUnderTest } from "./stage-under-test";

jest.setTimeout(25 * 60_000);

const cidr = "172.29.75.0/24";
const password = "Planted 'password' 1";
const servers = new PlainServers("hive-plain-test", cidr);
const site = new StageUnderTest("prepared", cidr, servers);
const { stage } = site;

/** `hive:prepared`, as an operator writes it. */
const hosts = (): Record<string, unknown> =>
  Object.fromEntries(
    servers.servers.map(({ address, hostKey }, index) => [
      `hive${index}`,
      {
        address,
        hostKey,
        zone: `zone-${"abca"[index]}`,
        ...(index === 2 ? { user: "debian" } : {}),
      },
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

sharesTheComputer();

afterAll(async () => {
  await stage.hive(["destroy", "--yes"]);
  stage.remove();
  servers.remove();
});

it("comes up on servers that a provider hands over, with a key, with a password, with sudo", async () => {
  await servers.start(4);
  servers.allowPassword(1, "root", password);
  await servers.install(2, "sudo");
  servers.inside(2, "useradd --create-home --shell /bin/bash --groups sudo debian");
  servers.allowPassword(2, "debian", password);
  stage.configure({
    fleet: "prepared",
    // The servers of this test reach no registry.
    prepared: { hosts: hosts(), baseImages: "local" },
    // They are containers of this computer, whose kernel need not have IPsec.
    encryptNetworks: false,
    operators: [{ name: "operator", publicKey: servers.publicKey }],
  });
  stage.keyFile = servers.keyFile;
  await setPassword("hive1");
  await setPassword("hive2");
  const output = await site.up();
  expect(output).toContain("The volume ldap-data needs replication");
  expect(output).toContain("The one-time passwords of hive1, hive2 were used; they are removed");
});

it("the one-time passwords are nowhere any more", async () => {
  expect(stage.read("Pulumi.private.yaml")).not.toContain("oneTimePasswords");
  const state = await stage.hive(["pulumi", "--", "stack", "export", "--show-secrets"]);
  expect(state.stdout).toContain("fleet-hive1-admin-user");
  expect(state.stdout).not.toContain("Planted");
  for (const index of [1, 2])
    expect(servers.inside(index, "journalctl --no-pager | grep --count Planted || true")).toBe("0");
});

runningSite(site);
secondRun(site);
// Passwords and keys; the servers have host keys of their own.
secrets(site, 7, { "a one-time password": password });

it("destroy takes what hive put there, also while a server is dead, and leaves the servers, who may log in, and the engine", async () => {
  site.kill(2);
  const run = await stage.hive(["destroy", "--yes"]);
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  expect(run.output).toMatch(/Hive could not be removed from p-hive2\S+:/);
  for (const index of [0, 1, 3]) {
    expect(await servers.ssh(index, "hive", "sudo id --user --name")).toBe("root");
    const left = servers.inside(
      index,
      `docker info --format '{{.Swarm.LocalNodeState}}'
docker ps --all --format '{{.Names}} {{.Image}} {{.Status}} {{.Command}} {{.Labels}}'
docker volume ls --quiet
ls -d /etc/hive /usr/local/lib/hive /var/lib/hive /etc/systemd/system/*hive* /etc/systemd/system/*/*hive* /etc/sysctl.d/*hive* 2> /dev/null
nft list tables | grep hive
# The server keeps its name.
grep hive.example /etc/hosts | grep --invert-match "^127.0.1.1.$(uname -n)$"
true`,
    );
    expect([index, left]).toEqual([index, "inactive"]);
  }
  // Root gets in as before.
  expect(await servers.ssh(0, "root", "id --user --name")).toBe("root");
});
