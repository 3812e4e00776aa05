import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { HostPlan, Plan } from "../../../model/plan";
import { daemonJsonPath } from "../../../render/daemon-json";
import { engineStep } from "../../../render/engine";
import { firewallStep } from "../../../render/firewall";
import { firewallRulesPath } from "../../../render/firewall-unit";
import { baseStep } from "../../../render/host-base";
import { hostOf, samplePlan } from "../../unit/render/sample-plan";
import { type Ending, Lab, type Outsider, type Server } from "./server";

const run = promisify(execFile);
jest.setTimeout(120_000);

let lab: Lab;
let plan: Plan;
let hosts: HostPlan[];
let servers: Server[];
let outsider: Outsider;
let certificate: string;

/** The steps of a host, in the order in which a run takes them. */
const stepsOf = (host: HostPlan): [string, string][] => [
  ["base", baseStep(plan, host, lab.operators)],
  ["firewall", firewallStep(plan, host)],
  ["engine", engineStep(plan, host, certificate)],
];

const server = (index: number): Server => {
  const found = servers[index];
  if (found === undefined) throw new Error(`There is no server ${index}.`);
  return found;
};

const swarmLine = "docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}'";

beforeAll(async () => {
  lab = await Lab.open();
  plan = samplePlan(lab.prefix, [{ target: 80, published: 8080, protocol: "tcp", mode: "host" }]);
  hosts = [0, 1].map((index) => hostOf(plan, index));
  const names = Object.fromEntries(plan.hosts.map((host) => [host.name, host.privateAddress]));
  names[plan.registry.name] = hostOf(plan, 3).privateAddress;
  servers = await Promise.all(
    hosts.map((host) => lab.server(host.name, host.privateAddress, names)),
  );
  outsider = await lab.outsider();
  const { stdout } = await run("openssl", [
    ...["req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "/dev/null"],
    ...["-subj", "/CN=hive.example test authority", "-days", "2"],
  ]);
  certificate = stdout;
  await Promise.all(servers.map((each) => each.booted()));
  await server(0).load("debian:trixie-slim");
}, 360_000);
afterAll(() => lab.close());

describe("setting up hosts", () => {
  test("works on plain servers, and restarts nothing on server containers", async () => {
    const engine = await server(0).sh("systemctl show --value --property MainPID docker.service");
    for (const [index, host] of hosts.entries()) {
      for (const [, command] of stepsOf(host)) {
        expect(await server(index).ssh(command)).toMatchObject({ status: 0, stderr: "" });
      }
    }
    expect(await server(0).sh("systemctl show --value --property MainPID docker.service")).toEqual(
      engine,
    );
  });

  test("lets no program in a container leave its memory in a file", async () => {
    const limit = await server(0).sh("docker run --rm debian:trixie-slim bash -c 'ulimit -Hc'");
    expect(limit.stdout).toBe("0\n");
  });

  test("finds nothing to do the second time", async () => {
    for (const [, command] of stepsOf(hostOf(plan, 0))) {
      const { stdout } = await server(0).ssh(command);
      expect(
        stdout.split("\n").filter((line) => !/^(unchanged |note |$)|: unchanged$/.test(line)),
      ).toEqual([]);
    }
  });

  test("says which kernel settings belong to the computer, and leaves them alone", async () => {
    const { stdout } = await server(0).ssh(baseStep(plan, hostOf(plan, 0), lab.operators));
    expect(stdout).toMatch(
      /^note left unchanged, because the computer decides them:.* vm\.max_map_count/m,
    );
    expect((await server(0).sh("sysctl -n net.ipv4.tcp_keepalive_time")).stdout).toBe("600\n");
  });

  test("gives every host the others' names", async () => {
    for (const [name, address] of [
      ["p-hive1.hive.example", hostOf(plan, 1).privateAddress],
      ["registry.hive.example", hostOf(plan, 3).privateAddress],
    ]) {
      expect((await server(0).sh(`getent ahostsv4 ${name} | head -n 1`)).stdout).toContain(
        `${address} `,
      );
    }
  });

  describe("trust in the site's authority", () => {
    const planted = "/usr/local/share/ca-certificates/hive-hive.example.crt";
    const ownFile = "/etc/docker/certs.d/registry.hive.example:5000/ca.crt";
    /** How the two forms of the system's store judge the authority. */
    const judgements = async (): Promise<string[]> => {
      const store = ["-CApath /etc/ssl/certs", "-CAfile /etc/ssl/certs/ca-certificates.crt"];
      const all = store.map((each) => server(0).sh(`openssl verify ${each} ${ownFile}`));
      return (await Promise.all(all)).map(({ status }) => (status === 0 ? "trusted" : "refused"));
    };
    const engine = (): Promise<Ending> =>
      server(0).ssh(engineStep(plan, hostOf(plan, 0), certificate));

    test("is for the registry, and not for every program on the host", async () => {
      expect((await server(0).sh(`cat ${ownFile}`)).stdout).toBe(`${certificate.trim()}\n`);
      expect(await judgements()).toEqual(["refused", "refused"]);
    });

    test.each([
      ["left by an earlier release", "true"],
      // As a run left it that was killed right before the store was made anew.
      ["half removed by a run", `mv ${planted} ${planted}.gone`],
    ])("is taken out of the system's store where it was %s", async (_, then) => {
      await server(0).sh(`cp ${ownFile} ${planted} && update-ca-certificates && ${then}`);
      expect(await judgements()).toEqual(["trusted", "trusted"]);
      const pid = await server(0).sh("systemctl show --value --property MainPID docker.service");
      const { status, stdout, stderr } = await engine();
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout.split("\n").filter((line) => line.startsWith("changed "))).toEqual([
        "changed the site's authority in the system's certificate store: removed",
      ]);
      expect(await judgements()).toEqual(["refused", "refused"]);
      expect(
        (await server(0).sh(`ls ${planted}* /etc/ssl/certs | grep hive-hive | cat`)).stdout,
      ).toBe("");
      // Others are still trusted.
      expect(
        Number((await server(0).sh("grep -c BEGIN /etc/ssl/certs/ca-certificates.crt")).stdout),
      ).toBeGreaterThan(50);
      expect(
        await server(0).sh("systemctl show --value --property MainPID docker.service"),
      ).toEqual(pid);
      expect((await engine()).stdout).toContain("engine: unchanged\n");
    });
  });

  test.each<[string, string, "base" | "firewall" | "engine", string, string]>([
    [
      "a name moved in /etc/hosts",
      "sed 's/^.*p-hive1.*$/10.9.9.9 p-hive1.hive.example/' /etc/hosts > /tmp/h; cat /tmp/h > /etc/hosts",
      "base",
      "changed /etc/hosts",
      "getent hosts p-hive1.hive.example | grep -c 10.9.9.9",
    ],
    [
      "a kernel setting",
      "sysctl -w net.core.somaxconn=100",
      "base",
      "changed net.core.somaxconn to 4096",
      "sysctl -n net.core.somaxconn | grep -c '^100$'",
    ],
    [
      "sshd settings",
      "echo 'PasswordAuthentication yes' > /etc/ssh/sshd_config.d/10-hive.conf",
      "base",
      "changed reload-sshd",
      "sshd -T | grep -c 'passwordauthentication yes'",
    ],
    [
      "the firewall's rules",
      `echo > ${firewallRulesPath}`,
      "firewall",
      "changed load-firewall",
      `grep -c . ${firewallRulesPath} | grep -cx 0`,
    ],
    [
      "the firewall's table",
      "nft delete table inet hive",
      "firewall",
      "changed the loaded rules",
      "nft list tables | grep -c 'inet hive' | grep -cx 0",
    ],
    [
      "the firewall's unit",
      "systemctl disable hive-firewall.service",
      "firewall",
      "changed hive-firewall.service: enabled and started",
      "systemctl is-enabled hive-firewall.service | grep -c disabled",
    ],
    [
      "a stopped engine",
      "systemctl stop docker.socket docker.service",
      "engine",
      "changed docker.service: enabled and started",
      "systemctl is-active docker.service | grep -c inactive",
    ],
  ])("mends %s", async (_, tamper, name, said, stillBroken) => {
    await server(0).sh(tamper);
    expect((await server(0).sh(stillBroken)).stdout).toBe("1\n");
    const command = stepsOf(hostOf(plan, 0)).find(([step]) => step === name)?.[1] ?? "";
    const { stdout, stderr, status } = await server(0).ssh(command);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n")).toContain(said);
    expect((await server(0).sh(stillBroken)).stdout).toBe("0\n");
  });
});

describe("the way in", () => {
  const base = (): string => baseStep(plan, hostOf(plan, 0), lab.operators);
  const conf = "/etc/ssh/sshd_config.d";

  test("is open to no key in a user's own folder", async () => {
    const key = lab.stranger;
    const home = "/home/hive/.ssh";
    await server(0).sh(
      `install -d -o hive -m 700 ${home}; echo '${key.publicKey}' > ${home}/authorized_keys; chown hive ${home}/authorized_keys`,
    );
    const refused = await server(0).ssh("true", { key: key.file });
    expect(refused.status).toBe(255);
    expect(refused.stderr).toMatch(/Permission denied \(publickey\)/);
    await server(0).sh(`rm -r ${home}`);
  });

  test.each([
    ["a Match block", "Match User hive\nAuthorizedKeysFile .ssh/authorized_keys"],
    ["one more user", "AllowUsers someone"],
    ["passwords for an address", "Match Address 192.0.2.0/24\nPasswordAuthentication yes"],
  ])("is not widened by a later file, %s, without a word", async (_, lines) => {
    await server(0).sh(`printf '${lines}\n' > ${conf}/90-other.conf`);
    const { status, stderr } = await server(0).ssh(base());
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/sshd lets in hive alone, by the keys of the operators/);
    expect(stderr).toMatch(/take out of .*sshd_config\.d/);
    // A reload starts sshd anew, which refuses connections until it listens again.
    await server(0).sh(
      `rm ${conf}/90-other.conf; systemctl reload ssh.service; for i in $(seq 100); do sleep 0.1; ssh-keyscan -T 2 localhost 2>&1 | grep -q ssh-ed25519 && break; done`,
    );
    expect(await server(0).ssh(base())).toMatchObject({ status: 0, stderr: "" });
  });

  test("leads to ports of the server, and from the server nowhere", async () => {
    const refused = await server(0).ssh("true", {
      flags: ["-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1"],
    });
    expect(refused.stderr).toMatch(/remote port forwarding failed/);
  });
});

describe("the firewall", () => {
  /** Listens on a TCP port for as long as the test runs. */
  const listen = (port: number): string =>
    `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 9, ReuseAddr => 1) or die; while (1) { $c = $s->accept; close $c }'`;

  beforeAll(async () => {
    for (const [name, published] of [
      ["declared", 8080],
      ["undeclared", 8081],
    ]) {
      await server(0).sh(
        `docker run --detach --stop-timeout 1 --name ${name} --publish ${published}:80 debian:trixie-slim ${listen(80)}`,
      );
    }
    // In a file: systemd would take the program's variables for its own.
    await server(0).sh(`cat > /root/listen.sh <<'END'\n${listen(9000)}\nEND`);
    await server(0).sh("systemd-run --unit listener bash /root/listen.sh");
    await server(0).until(
      "bash -c 'exec 3<>/dev/tcp/127.0.0.1/9000' && test $(docker ps -q | wc -l) = 2",
      60,
    );
  });

  test("opens what services declare to everybody, and SSH", async () => {
    for (const port of [8080, 22])
      expect(await outsider.reaches(server(0).address, port)).toBe(true);
  });

  test("closes a port that Docker published without declaration, though Docker opens it", async () => {
    expect(await outsider.reaches(server(0).address, 8081)).toBe(false);
    const counted = await server(0).sh("nft list chain inet hive published_new");
    expect(counted.stdout).toMatch(
      /counter packets [1-9]\d* bytes \d+ drop comment "dropped: published, not declared"/,
    );
  });

  test("leaves such a port open between the site's hosts, and on the host itself", async () => {
    expect(await server(1).reaches(server(0).address, 8081)).toBe(true);
    expect(await server(0).reaches(server(0).address, 8081)).toBe(true);
  });

  test("closes a daemon of the host that was not declared, to everybody", async () => {
    expect(await outsider.reaches(server(0).address, 9000)).toBe(false);
    expect(await server(1).reaches(server(0).address, 9000)).toBe(false);
  });

  test("closes the way straight to a container's own address", async () => {
    const { stdout: address } = await server(0).sh(
      "docker inspect --format '{{.NetworkSettings.IPAddress}}' undeclared",
    );
    await outsider.sh(`ip route replace ${address.trim()}/32 via ${server(0).address}`);
    expect(await outsider.reaches(address.trim(), 80)).toBe(false);
  });

  test("keeps containers' way out, and their name resolution", async () => {
    const found = await server(0).sh(
      `docker exec declared getent ahostsv4 ${server(1).containerName}`,
    );
    expect(found.stdout).toContain(server(1).address);
    await outsider.sh(`setsid ${listen(9000)} > /dev/null 2>&1 &`);
    const reached = await server(0).sh(
      `docker exec declared timeout 3 bash -c 'until exec 3<>/dev/tcp/${lab.prefix}.200/9000; do sleep 0.2; done; echo yes'`,
    );
    expect(reached.stdout).toBe("yes\n");
  });

  test("is there again after the server was restarted, before its containers", async () => {
    await run("docker", ["restart", "--time", "30", server(0).containerName]);
    await server(0).booted();
    expect((await server(0).sh("sysctl -n net.ipv4.tcp_keepalive_time")).stdout).toBe("600\n");
    const look = await server(0).ssh(
      `HIVE_MODE=check; ${baseStep(plan, hostOf(plan, 0), lab.operators)}`,
    );
    expect(look.stdout).not.toContain("differs");
    expect(await outsider.reaches(server(0).address, 8081)).toBe(false);
    await server(0).sh("docker start declared undeclared");
    await server(0).until("test $(docker ps -q | wc -l) = 2", 30);
    expect(await outsider.reaches(server(0).address, 8080)).toBe(true);
    expect(await outsider.reaches(server(0).address, 8081)).toBe(false);
  });
});

describe("a Swarm on these hosts", () => {
  beforeAll(async () => {
    await server(0).sh(
      `docker swarm init --advertise-addr ${server(0).address} --default-addr-pool 10.224.0.0/12`,
    );
    const { stdout } = await server(0).sh("docker swarm join-token -q manager");
    await server(1).sh(`docker swarm join --token ${stdout.trim()} ${server(0).address}:2377`);
    await server(1).until(`${swarmLine} | grep -x 'active true'`, 60);
  });

  test("is closed to everybody but its members", async () => {
    for (const port of [2377, 7946]) {
      expect(await outsider.reaches(server(0).address, port)).toBe(false);
      expect(await server(1).reaches(server(0).address, port)).toBe(true);
    }
  });

  test("has service networks that reach from host to host", async () => {
    await server(1).load("debian:trixie-slim");
    await server(0).sh("docker network create --driver overlay --attachable across");
    await server(0).sh(
      `docker run --detach --stop-timeout 1 --name there --network across debian:trixie-slim perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 80, Listen => 9); while (1) { $c = $s->accept; print $c "from there\\n"; close $c }'`,
    );
    const found = await server(1).sh(
      "docker run --rm --network across debian:trixie-slim timeout 10 bash -c 'exec 3<>/dev/tcp/there/80; cat <&3'",
    );
    expect(found.stdout).toBe("from there\n");
  });

  test("refuses to restart an engine while another manager is lost, and changes nothing", async () => {
    const engine = await server(0).sh("systemctl show --value --property MainPID docker.service");
    // Two managers without one have no majority; of a member that is only slow to come back the
    // list tells.
    await server(1).sh("systemctl stop docker.socket docker.service");
    await server(0).sh(
      `sed -i 's/"shutdown-timeout": 30/"shutdown-timeout": 31/' ${daemonJsonPath}`,
    );
    const ending = await server(0).ssh(engineStep(plan, hostOf(plan, 0), certificate));
    expect(ending.status).toBe(1);
    expect(ending.stderr).toMatch(
      /The Docker Engine must restart, but (the Swarm has no majority now|these managers of the Swarm cannot be reached now: p-hive1)/,
    );
    expect(await server(0).sh("systemctl show --value --property MainPID docker.service")).toEqual(
      engine,
    );
  });

  test("restarts it once the other one is back: its tasks leave first, and it takes some again when it is a healthy manager", async () => {
    await server(1).sh("systemctl start docker.service");
    await server(0).until("docker node ls --format '{{.ManagerStatus}}' | grep -x Reachable", 90);
    const other = hostOf(plan, 1).name;
    const nodeOfTask = `docker service ps moving --filter desired-state=running --format '{{.Node}} {{.CurrentState}}' | grep Running | cut -d ' ' -f 1`;
    await server(0).sh(
      `docker node update --availability drain ${other} && docker service create --detach --no-resolve-image --name moving debian:trixie-slim sleep infinity`,
    );
    await server(0).until(`${nodeOfTask} | grep -x ${hostOf(plan, 0).name}`, 90);
    await server(0).sh(`docker node update --availability active ${other}`);
    const ending = await server(0).ssh(engineStep(plan, hostOf(plan, 0), certificate));
    expect(ending).toMatchObject({ status: 0, stderr: "" } satisfies Partial<Ending>);
    expect(ending.stdout).toContain("changed restart-engine\n");
    const self = await server(0).sh(
      "docker node inspect self --format '{{.Status.State}} {{.ManagerStatus.Reachability}}'",
    );
    expect(self.stdout).toBe("ready reachable\n");
    await server(0).until(`${nodeOfTask} | grep -x ${other}`, 90);
    const availability = "docker node inspect self --format '{{.Spec.Availability}}'";
    expect((await server(0).sh(availability)).stdout).toBe("active\n");
    // The restart may have made the other one the leader; the next restart wants all of them again.
    await server(0).until(
      "docker node ls --format '{{.Self}} {{.ManagerStatus}}' | grep -xE 'false (Reachable|Leader)'",
      60,
    );
    // Somebody else's drain stays.
    await server(0).sh(`docker node update --availability drain ${hostOf(plan, 0).name}`);
    await server(0).sh(
      `sed -i 's/"shutdown-timeout": 30/"shutdown-timeout": 31/' ${daemonJsonPath}`,
    );
    const again = await server(0).ssh(engineStep(plan, hostOf(plan, 0), certificate));
    expect(again).toMatchObject({ status: 0, stderr: "" } satisfies Partial<Ending>);
    expect(again.stdout).toContain("changed restart-engine\n");
    expect((await server(0).sh(availability)).stdout).toBe("drain\n");
  });
});
