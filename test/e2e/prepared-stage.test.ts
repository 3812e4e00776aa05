/**
 * Servers that exist already: the whole sample site on four that the test makes. They pass the
 * chapters of the other stages that depend on how servers are made and reached; those that strike
 * servers are in `test/long/prepared-stage.test.ts`.
 */
import { runningSite } from "./chapters/running-site";
import { secondRun } from "./chapters/second-run";
import { secrets } from "./chapters/secrets";
import { sharesTheComputer } from "./computer";
import { PreparedSite } from "./prepared-site";

jest.setTimeout(25 * 60_000);

const site = new PreparedSite("prepared", "172.29.75.0/24");
const { stage, plain: servers, password } = site;

sharesTheComputer();

afterAll(() => site.remove());

it("comes up on servers that a provider hands over, with a key, with a password, with sudo", async () => {
  await site.prepare();
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
