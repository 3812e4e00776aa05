import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { HostPlan, Plan, PortPlan } from "../../../model/plan";
import { type FirewallAddresses, firewallStep } from "../../../render/firewall";
import { closedRulesPath, firewallRulesPath, firewallUnit } from "../../../render/firewall-unit";
import { quote } from "../../../render/shell";
import { hostOf, samplePlan } from "../../unit/render/sample-plan";
import { Lab, type Outsider, type Server } from "./server";

const run = promisify(execFile);
jest.setTimeout(120_000);

/** What containers run from: has perl. */
const image = "debian:trixie-slim";

/** A port of a server, and whether something should answer there. */
interface Target {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
}

let lab: Lab;
let plan: Plan;
let hosts: HostPlan[];
let servers: Server[];
/**
 * What is not of the site: the internet and, at another address of its own, the cloud's metadata.
 */
let outsider: Outsider;
let internet: string;
let metadata: string;
/** An address of the same kind as a cloud's metadata; a cloud's name server may be one. */
const linkLocal = "169.254.77.77";
/** An address that an overlay could have, at which somebody around the servers answers. */
const stray = "10.239.77.77";
let addresses: FirewallAddresses;

const server = (index: number): Server => {
  const found = servers[index];
  if (found === undefined) throw new Error(`There is no server ${index}.`);
  return found;
};
const repository = 2;

/** All addresses of a server: the private one, and what stands for a public one. */
const addressesOf = (index: number): string[] => [
  server(index).address,
  `${lab.prefix}.${100 + index}`,
];

const published: PortPlan[] = [
  { target: 80, published: 8080, protocol: "tcp", mode: "host" },
  { target: 80, published: 8080, protocol: "udp", mode: "host" },
];

/** Python: answers on each `<protocol>/<address>/<port>` that it is given. */
const answerOn = `
import selectors, socket, sys
ready = selectors.DefaultSelector()
for each in sys.argv[1:]:
    protocol, address, port = each.split("/")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, int(port)))
    if protocol == "tcp": listener.listen(99)
    ready.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        if key.fileobj.type == socket.SOCK_STREAM:
            connection, _ = key.fileobj.accept()
            connection.close()
        else:
            _, peer = key.fileobj.recvfrom(99)
            key.fileobj.sendto(b"here", peer)
`;

/** Perl, for containers: the same on port 80 of both protocols. */
const answerInContainer = `
use IO::Socket::INET; use IO::Select;
my $tcp = IO::Socket::INET->new(LocalPort => 80, Listen => 99, ReuseAddr => 1) or die;
my $udp = IO::Socket::INET->new(LocalPort => 80, Proto => "udp") or die;
my $ready = IO::Select->new($tcp, $udp);
while (1) {
  for my $each ($ready->can_read) {
    if ($each == $tcp) { close $tcp->accept } else { $udp->recv(my $said, 99); $udp->send("here") }
  }
}
`;

/** Perl: sends one datagram with a forged source address. */
const forge = `
use Socket;
my ($from, $to, $port) = @ARGV;
socket(my $raw, AF_INET, SOCK_RAW, 255) or die;
setsockopt($raw, 0, 3, 1) or die;
my $udp = pack("nnnn", 40000, $port, 12, 0) . "hive";
my $ip = pack("CCnnnCCna4a4", 0x45, 0, 32, 1, 0, 64, 17, 0, inet_aton($from), inet_aton($to));
send($raw, $ip . $udp, 0, sockaddr_in($port, inet_aton($to))) or die;
`;

/**
 * Perl: prints those of the targets, `<protocol>/<address>/<port>` each, that answer within two
 * seconds; all are asked at once.
 */
const probe = `
use IO::Select; use IO::Socket::INET; use Socket;
my ($reading, $writing, %asked) = (IO::Select->new, IO::Select->new);
for my $each (@ARGV) {
  my ($protocol, $address, $port) = split m{/}, $each;
  my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Proto => $protocol, Blocking => 0) or next;
  $asked{$socket} = "$protocol $address $port\\n";
  if ($protocol eq "udp") { $socket->send("hive"); $reading->add($socket) } else { $writing->add($socket) }
}
my $end = time + 3;
while (time < $end && $reading->count + $writing->count > 0) {
  my ($answered, $connected) = IO::Select->select($reading, $writing, undef, 1) or next;
  for (@$answered) {
    my $said = "";
    $_->recv($said, 9);
    print $asked{$_} if $said eq "here";
    $reading->remove($_);
  }
  for (@$connected) { print $asked{$_} if $_->sockopt(SO_ERROR) == 0; $writing->remove($_) }
}
`;

const every = (
  protocol: Target["protocol"],
  among: readonly string[],
  ...ports: readonly number[]
): Target[] => among.flatMap((address) => ports.map((port) => ({ protocol, address, port })));

const line = ({ protocol, address, port }: Target): string => `${protocol} ${address} ${port}`;

/** Which of the targets answer to a container on a server, or to the server itself. */
async function answering(
  index: number,
  container: string | undefined,
  targets: readonly Target[],
): Promise<string[]> {
  const words = targets.map(({ protocol, address, port }) => `${protocol}/${address}/${port}`);
  const command = ["perl", "-e", quote(probe), ...words].join(" ");
  const { stdout } = await server(index).sh(
    container === undefined ? command : `docker exec ${container} ${command}`,
  );
  return stdout.trim().split("\n").filter(Boolean).sort();
}

/**
 * How many probes have come past a server's firewall to its ports 4789 and 7946, whoever listens
 * there.
 */
async function arrived(index: number): Promise<number> {
  const { stdout } = await server(index).sh("nft list chain inet seen input");
  return [...stdout.matchAll(/packets (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** The container of the service's task on a server. */
async function taskOn(index: number): Promise<string> {
  const { stdout } = await server(index).sh("docker ps --quiet --filter name=^web[.]");
  return stdout.trim();
}

async function keepAnswering(index: number, ...on: readonly string[]): Promise<void> {
  // In a file: systemd would take the program's variables for its own.
  await server(index).sh(`cat > /root/answer.py <<'END'\n${answerOn}\nEND`);
  await server(index).sh(`systemd-run --unit answer python3 /root/answer.py ${on.join(" ")}`);
}

async function setFirewall(index: number, changed: Plan = plan): Promise<void> {
  const host = hosts[index];
  if (host === undefined) throw new Error(`There is no host ${index}.`);
  const ending = await server(index).ssh(firewallStep(changed, host, addresses));
  expect(ending).toMatchObject({ status: 0, stderr: "" });
}

beforeAll(async () => {
  lab = await Lab.open();
  internet = `${lab.prefix}.200`;
  metadata = `${lab.prefix}.254`;
  plan = samplePlan(lab.prefix, published);
  hosts = [0, 1, 3].map((index) => hostOf(plan, index));
  servers = await Promise.all(hosts.map((host) => lab.server(host.name, host.privateAddress)));
  addresses = {
    publicAddresses: Object.fromEntries(
      hosts.map(({ name }, index) => [name, addressesOf(index).slice(1)]),
    ),
    metadataAddresses: [metadata],
  };
  outsider = await lab.outsider();
  await outsider.sh(`ip address add ${metadata}/24 dev eth0`);
  for (const address of [linkLocal, stray])
    await outsider.sh(`ip address add ${address}/32 dev eth0`);
  const answers = [
    ...every("tcp", [internet, metadata, linkLocal, stray], 80),
    ...every("udp", [internet, metadata, linkLocal, stray], 80),
    ...every("udp", [linkLocal], 53),
  ];
  await outsider.sh(
    `setsid python3 -c ${quote(answerOn)} ${answers.map((each) => line(each).replaceAll(" ", "/")).join(" ")} > /dev/null 2>&1 &`,
  );
  await Promise.all(
    servers.map(async (each, index) => {
      await each.booted();
      await each.sh(
        `ip address add ${addressesOf(index)[1]}/24 dev eth0; for each in ${linkLocal} ${stray}; do ip route add $each via ${internet}; done`,
      );
      await Promise.all([setFirewall(index), each.load(image)]);
      await each.sh(
        `nft -f - <<'END'\ntable inet seen {\n  chain input {\n    type filter hook input priority filter;\n    udp dport { 4789, 7946, 9001 } @th,64,32 0x68697665 counter\n  }\n}\nEND`,
      );
      const perl = `perl -e ${quote(answerInContainer)}`;
      await each.sh("docker network create own");
      await Promise.all([
        each.sh(`docker run --detach --name by-hand --publish 8081:80 ${image} ${perl}`),
        each.sh(`docker run --detach --name on-own --network own ${image} sleep infinity`),
        index === repository
          ? each.sh(`docker run --detach --name registry --publish 5000:80 ${image} ${perl}`)
          : undefined,
      ]);
      await keepAnswering(
        index,
        "udp/0.0.0.0/9000",
        "tcp/0.0.0.0/9000",
        ...(index === repository ? [] : ["tcp/0.0.0.0/5000"]),
      );
    }),
  );
  await server(0).sh(
    `docker swarm init --advertise-addr ${server(0).address} --default-addr-pool 10.224.0.0/12`,
  );
  const { stdout } = await server(0).sh("docker swarm join-token -q manager");
  await server(1).sh(`docker swarm join --token ${stdout.trim()} ${server(0).address}:2377`);
  await server(0).sh("docker network create --driver overlay across");
  const publish = published.map(
    (each) =>
      `--publish mode=host,published=${each.published},target=${each.target},protocol=${each.protocol}`,
  );
  await server(0).sh(
    `docker service create --detach --name web --mode global --network across --endpoint-mode dnsrr ${publish.join(" ")} ${image} perl -e ${quote(answerInContainer)}`,
  );
  for (const index of [0, 1]) {
    await server(index).until("test -n \"$(docker ps --quiet --filter 'name=^web[.]')\"", 30);
  }
}, 360_000);
afterAll(() => lab.close());

test("what is asked below is there: servers of the Swarm reach it themselves", async () => {
  const wanted = [
    ...every("tcp", addressesOf(0), 22, 2377, 7946),
    ...every("tcp", addressesOf(repository), 22, 5000),
    ...every("tcp", [metadata, linkLocal, internet, stray], 80),
    ...every("udp", [metadata, linkLocal, internet, stray], 80),
    ...every("udp", [linkLocal], 53),
  ];
  expect(await answering(1, undefined, wanted)).toEqual(wanted.map(line).sort());
  for (const port of [4789, 7946])
    await answering(1, undefined, every("udp", addressesOf(0), port));
  expect(await arrived(0)).toBe(4);
});

describe("a container", () => {
  /**
   * Where containers are, each on another network of its server; the task of the service also is on
   * an overlay.
   */
  const places: [string, number, () => Promise<string>][] = [
    ["that is a task of a service", 0, () => taskOn(0)],
    ["on the engine's own bridge", 0, () => Promise.resolve("by-hand")],
    ["on a bridge of its own", 0, () => Promise.resolve("on-own")],
    ["on the repository server", repository, () => Promise.resolve("by-hand")],
  ];

  test.each(places)(
    "%s reaches nothing of the servers that no service publishes",
    async (_, index, find) => {
      const container = await find();
      const all = [0, 1, repository].flatMap(addressesOf);
      const { stdout } = await server(index).sh(
        `nsenter --net --target $(docker inspect --format '{{.State.Pid}}' ${container}) ip -4 route show default`,
      );
      const gateway = /via (\S+)/.exec(stdout)?.[1] ?? "";
      expect(gateway).toMatch(/^172[.]/);
      const closed = [
        ...every("tcp", [...all, gateway], 22, 2377, 5000, 7946, 8081, 9000),
        ...every("udp", [...all, gateway], 9000),
        ...every("tcp", [metadata, linkLocal], 80),
        ...every("udp", [metadata, linkLocal], 80),
      ];
      const before = await Promise.all([arrived(0), arrived(1)]);
      // Of these it is counted whether they have come in: what listens there does not answer
      // strangers.
      const counted = every("udp", [...addressesOf(0), ...addressesOf(1), gateway], 4789, 7946);
      expect(await answering(index, container, [...closed, ...counted])).toEqual([]);
      expect(await Promise.all([arrived(0), arrived(1)])).toEqual(before);
    },
  );

  test.each(places)(
    "%s reaches what services publish, names and the internet",
    async (_, index, find) => {
      const container = await find();
      const ports = [...addressesOf(0), ...addressesOf(1)].flatMap((address) =>
        (["tcp", "udp"] as const).flatMap((protocol) => every(protocol, [address], 8080)),
      );
      const outside = [
        ...every("tcp", [internet], 80),
        ...every("udp", [internet], 80),
        ...every("udp", [linkLocal], 53),
      ];
      const wanted = [...ports, ...outside];
      expect(await answering(index, container, wanted)).toEqual(wanted.map(line).sort());
      const found = await server(index).sh(
        `docker exec ${container} getent ahostsv4 ${server(1).containerName}`,
      );
      expect(found.stdout).toContain(server(1).address);
    },
  );

  test.each(places)(
    "%s reaches no address of an overlay on another way than that overlay",
    async (_, index, find) => {
      const astray = [...every("tcp", [stray], 80), ...every("udp", [stray], 80)];
      expect(await answering(index, await find(), astray)).toEqual([]);
    },
  );

  test("reaches the others on its bridge, also where the bridge has addresses as overlays have them", async () => {
    const { stdout } = await server(0).sh(
      `docker network create --subnet 10.238.0.0/24 pooled > /dev/null
for each in one two; do docker run --detach --name $each --network pooled ${image} perl -e ${quote(answerInContainer)} > /dev/null; done
docker inspect --format '{{.NetworkSettings.Networks.pooled.IPAddress}}' two`,
    );
    const wanted = every("tcp", [stdout.trim()], 80);
    expect(await answering(0, "one", wanted)).toEqual(wanted.map(line));
  });

  test("reaches the service's other tasks by their name, through the overlay", async () => {
    const { stdout } = await server(0).sh(
      `docker exec ${await taskOn(0)} getent ahostsv4 tasks.web`,
    );
    const tasks = [...new Set(stdout.match(/^10[.]\S+/gm))];
    expect(tasks).toHaveLength(2);
    const wanted = [...every("tcp", tasks, 80), ...every("udp", tasks, 80)];
    expect(await answering(0, await taskOn(0), wanted)).toEqual(wanted.map(line).sort());
  });

  test("does not become a member of the Swarm by a forged address", async () => {
    const before = await Promise.all([arrived(0), arrived(1)]);
    for (const [from, to] of [
      [server(1).address, server(0).address],
      [server(0).address, server(1).address],
    ]) {
      for (const port of [4789, 7946]) {
        const sent = await server(0).sh(
          `docker exec ${await taskOn(0)} perl -e ${quote(forge)} ${from} ${to} ${port}`,
        );
        expect(sent).toMatchObject({ status: 0, stderr: "" });
      }
    }
    expect(await Promise.all([arrived(0), arrived(1)])).toEqual(before);
  });

  test.each(["0", "1"])(
    "of a build reaches the internet, and not the registry (DOCKER_BUILDKIT=%s)",
    async (buildKit) => {
      const wanted = [...every("tcp", [internet], 80), ...every("tcp", addressesOf(1), 8080)];
      const closed = every("tcp", addressesOf(repository), 22, 5000);
      const words = [...wanted, ...closed].map((each) => line(each).replaceAll(" ", "/"));
      const dockerfile = `FROM ${image}\nCOPY probe /probe\nRUN getent ahostsv4 ${server(1).containerName} && perl /probe ${words.join(" ")} | sort > /answers\n`;
      await server(repository).sh(
        `mkdir -p /root/build && cat > /root/build/probe <<'END'\n${probe}\nEND\ncat > /root/build/Dockerfile <<'END'\n${dockerfile}END`,
      );
      const built = await server(repository).sh(
        `DOCKER_BUILDKIT=${buildKit} docker build --no-cache --tag probed /root/build && docker run --rm probed cat /answers > /root/answers`,
      );
      expect(built).toMatchObject({ status: 0 });
      const { stdout } = await server(repository).sh("cat /root/answers");
      expect(stdout.trim().split("\n")).toEqual(wanted.map(line).sort());
    },
  );
});

describe("while the firewall changes", () => {
  test("nothing passes that neither the rules before nor those after let in", async () => {
    const flood = `
import socket, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    sender.sendto(b"hive", ("${server(0).address}", 9001))
    time.sleep(0.001)
`;
    const before = await arrived(0);
    await outsider.sh(
      `setsid timeout 60 python3 -c ${quote(flood)} > /dev/null 2>&1 & echo $! > /tmp/flood`,
    );
    const more = { target: 90, published: 8090, protocol: "tcp", mode: "host" } as const;
    await setFirewall(0, samplePlan(lab.prefix, [...published, more]));
    await setFirewall(0);
    await outsider.sh("kill $(cat /tmp/flood)");
    expect(await arrived(0)).toBe(before);
  });

  test("rules that cannot be loaded change nothing, and a stop by hand is refused", async () => {
    const { stdout: rules } = await server(0).sh("nft list table inet hive | grep -v counter");
    const { stdout: engine } = await server(0).sh("systemctl show -P MainPID docker.service");
    await server(0).sh(`echo 'table inet hive {' > ${firewallRulesPath}`);
    for (const verb of ["reload", "restart", "stop"]) {
      expect((await server(0).sh(`systemctl ${verb} ${firewallUnit}`)).status).not.toBe(0);
    }
    expect((await server(0).sh("nft list table inet hive | grep -v counter")).stdout).toBe(rules);
    expect((await server(0).sh("systemctl show -P MainPID docker.service")).stdout).toBe(engine);
    await setFirewall(0);
  });
});

describe("a server that boots and cannot load its rules", () => {
  beforeAll(async () => {
    await server(1).sh(`echo 'table inet hive {' > ${firewallRulesPath}`);
    await run("docker", ["restart", "--time", "30", server(1).containerName]);
    await server(1).until("systemctl is-system-running | grep -x degraded", 40);
    await keepAnswering(1, "tcp/0.0.0.0/9000", "tcp/0.0.0.0/8080");
  });

  test("is closed but for SSH, by which it can be mended, and starts no engine", async () => {
    expect((await server(1).sh(`systemctl is-failed ${firewallUnit}`)).stdout).toBe("failed\n");
    await server(1).until("ss -ltn | grep -q :9000", 10);
    const ports = [22, 8080, 9000];
    for (const asking of [outsider, server(0)]) {
      const reached = await Promise.all(
        ports.map((port) => asking.reaches(server(1).address, port)),
      );
      expect(reached).toEqual([true, false, false]);
    }
    expect((await server(1).sh("systemctl is-active docker.service")).stdout).toBe("inactive\n");
    expect((await server(1).sh(`nft --check --file ${closedRulesPath}`)).status).toBe(0);
    // What it asks itself is answered: a package may be what is missing.
    expect(await server(1).reaches(internet, 80)).toBe(true);
  });

  test("is open as it shall be after the next run, and takes part in the Swarm again", async () => {
    await setFirewall(1);
    await server(1).sh("systemctl stop answer; systemctl start docker.service");
    // The engine itself waits 20 s for a Swarm before it goes on without it, and joins later.
    await server(1).until("docker info --format '{{.Swarm.LocalNodeState}}' | grep -x active", 90);
    await server(1).until("test -n \"$(docker ps --quiet --filter 'name=^web[.]')\"", 60);
    expect(await outsider.reaches(server(1).address, 8080)).toBe(true);
    expect(await outsider.reaches(server(1).address, 2377)).toBe(false);
    const itself = every("tcp", addressesOf(1).slice(0, 1), 22, 8080);
    expect(await answering(1, await taskOn(1), itself)).toEqual(itself.slice(1).map(line));
  });
});
