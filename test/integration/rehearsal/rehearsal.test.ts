import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateOpenSshKeyPair } from "../../../providers/ssh-key-pair/openssh-key";
import { runChecked } from "../../../providers/transport/command";
import { sleep } from "../../../providers/transport/deadline";
import type { HostAccess } from "../../../providers/transport/host-access";
import { closeIdleConnections } from "../../../providers/transport/pool";
import { raiseQuota } from "../../../rehearsal/quota";
import {
  cleanRehearsal,
  type Rehearsal,
  rehearsalStatus,
  startRehearsal,
  stopRehearsal,
} from "../../../rehearsal/rehearsal";
import { type Answers, askCloud, type Question } from "../../emulated-cloud/ask";
import { useOperatorKey } from "../../operator-key";

jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), "hive-rehearsal-"));
const name = { id: `test-${process.pid}`, folder: join(folder, "first") };
const second = { id: `test-${process.pid}-b`, folder: join(folder, "second") };
const hostKey = generateOpenSshKeyPair("h1");
const operator = useOperatorKey();

const ask = (...questions: readonly Question[]): Answers => askCloud(name.folder, questions);

/** One question about EC2. */
function ec2(method: string, question: object = {}): Answers {
  const answers = ask(["ec2", method, question]);
  if (!Array.isArray(answers)) throw new Error(`${method}: ${JSON.stringify(answers)}`);
  return answers[0];
}

/** Asks again until it is as wanted. */
async function until<T>(
  what: string,
  seconds: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last = "";
  while (Date.now() < end) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = String(error);
    }
    await sleep(300);
  }
  const log = readFileSync(join(name.folder, "runner.log"), "utf8").slice(-2000);
  throw new Error(`Not within ${seconds} s: ${what}. ${last}\n${log}`);
}

/** Whether a port answers. */
function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: 1000 });
    const end = (found: boolean) => () => {
      socket.destroy();
      resolve(found);
    };
    socket.on("connect", end(true)).on("error", end(false)).on("timeout", end(false));
  });
}

/** What an instance does at its first boot: only what makes it reachable. */
function userData(): string {
  const indented = hostKey.privateKey.trimEnd().replace(/^/gm, "    ");
  return `#cloud-config
hostname: h1
users:
  - name: hive
    uid: 1900
    shell: /bin/bash
    sudo: ALL=(ALL:ALL) NOPASSWD:ALL
    lock_passwd: true
    ssh_authorized_keys: ["${operator.publicKey}"]
ssh_deletekeys: true
ssh_genkeytypes: [ed25519]
ssh_keys:
  ed25519_private: |
${indented}
  ed25519_public: ${hostKey.publicKey}
`;
}

/** What Docker has of a rehearsal. */
function left(id: string): string {
  const filter = ["--filter", `label=hive.rehearsal=${id}`];
  return [
    ["ps", "-aq"],
    ["network", "ls", "-q"],
    ["volume", "ls", "-q"],
  ]
    .map((args) => execFileSync("docker", [...args, ...filter], { encoding: "utf8" }))
    .join("");
}

/** Files behind loop devices of this computer. */
function loopFiles(): string {
  return readdirSync("/sys/block")
    .map((device) => join("/sys/block", device, "loop/backing_file"))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("");
}

describe("a rehearsal", () => {
  let rehearsal: Rehearsal;
  let access: HostAccess;
  let made: { vpc: string; subnet: string; group: string; instance: string; volume: string };
  const on = async (command: string): Promise<string> =>
    (await runChecked(access, command, { deadlineSeconds: 20, dialSeconds: 3 })).stdout.trim();
  const reached = (): Promise<string> => until("SSH answers", 90, () => on("hostname"));
  const state = (): string => {
    const { Reservations } = ec2("describe_instances", { InstanceIds: [made.instance] });
    return String(Reservations[0].Instances[0].State.Name);
  };

  beforeAll(async () => {
    rehearsal = await startRehearsal(name);
  });

  afterAll(async () => {
    closeIdleConnections();
    await cleanRehearsal(name);
    await cleanRehearsal(second);
    rmSync(folder, { recursive: true, force: true });
  });

  it("listens on loopback, and keeps its key to itself", () => {
    expect(rehearsal.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/AKIA\w+$/);
    for (const file of ["credentials.json", "settings.json"]) {
      expect(statSync(join(name.folder, file)).mode & 0o077).toBe(0);
    }
    expect(rehearsalStatus(name)).toMatchObject({
      endpoint: rehearsal.endpoint.replace(/\/AKIA.*/, ""),
      isFollowed: true,
    });
  });

  it("grants a higher quota at once, to who asks for it", async () => {
    const quota = { service: "ec2", code: "L-0263D0A3", value: 6 };
    await raiseQuota(rehearsal, quota);
    const names = { ServiceCode: quota.service, QuotaCode: quota.code };
    const [{ Quota: now }] = ask(["service-quotas", "get_service_quota", names]);
    expect(now.Value).toBe(6);
    await expect(raiseQuota(rehearsal, quota)).rejects.toThrow(
      "The quota L-0263D0A3 of ec2 was not raised: The desired value must be above the quota, which is 6.",
    );
    await expect(raiseQuota(rehearsal, { ...quota, code: "L-00000000" })).rejects.toThrow(
      /^The quota L-00000000 of ec2 was not raised: ./,
    );
  });

  it("makes an instance that its user data set up, reached through its Elastic IP", async () => {
    const image = "/aws/service/debian/release/13/latest/amd64";
    const [{ Parameter }] = ask(["ssm", "get_parameter", { Name: image }]);
    const zone = "ap-northeast-1a";
    const vpc = ec2("create_vpc", { CidrBlock: "10.231.16.0/24" }).Vpc.VpcId;
    const subnet = ec2("create_subnet", {
      VpcId: vpc,
      CidrBlock: "10.231.16.0/26",
      AvailabilityZone: zone,
    }).Subnet.SubnetId;
    const group = ec2("create_security_group", {
      GroupName: "hosts",
      Description: "-",
      VpcId: vpc,
    }).GroupId;
    open(String(group), 22);
    const instance = ec2("run_instances", {
      ImageId: Parameter.Value,
      InstanceType: "t3.small",
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnet,
      PrivateIpAddress: "10.231.16.10",
      SecurityGroupIds: [group],
      UserData: userData(),
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
    }).Instances[0].InstanceId;
    const address = ec2("allocate_address", { Domain: "vpc" });
    ec2("associate_address", { AllocationId: address.AllocationId, InstanceId: instance });
    const volume = ec2("create_volume", { AvailabilityZone: zone, Size: 1, VolumeType: "gp3" });
    made = { vpc, subnet, group, instance, volume: volume.VolumeId };
    ec2("attach_volume", { VolumeId: made.volume, InstanceId: instance, Device: "/dev/sdf" });
    access = {
      name: "h1",
      address: address.PublicIp,
      port: 22,
      user: "hive",
      hostKey: hostKey.publicKey,
      stage: "staging",
    };
    expect(await reached()).toBe("h1");
    expect(await on("ip -o -4 address show dev eth0")).toContain("10.231.16.10/");
    await until("all units run", 60, async () =>
      (await on("systemctl is-system-running || true")) === "running" ? true : undefined,
    );
    expect(await on("cloud-init status")).toBe("status: done");
  });

  /** Opens a port to everybody. */
  function open(group: string, port: number): void {
    ec2("authorize_security_group_ingress", {
      GroupId: group,
      IpPermissions: [
        {
          IpProtocol: "tcp",
          FromPort: port,
          ToPort: port,
          IpRanges: [{ CidrIp: "0.0.0.0/0" }],
        },
      ],
    });
  }

  it("shows the volume as a disk of its size, under the names of AWS", async () => {
    await until("the disk is there", 20, () => on("test -b /dev/sdf && echo yes"));
    expect(await on("sudo blockdev --getsize64 /dev/sdf")).toBe(String(2 ** 30));
    const serial = made.volume.replace("-", "");
    expect(await on(`readlink -f /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${serial}`)).toBe(
      "/dev/nvme1n1",
    );
    await on("sudo mkfs.ext4 -q /dev/sdf && sudo mkdir /data && sudo mount /dev/sdf /data");
    await on("echo kept | sudo tee /data/file && sudo umount /data");
  });

  it("grows the disk in place", async () => {
    ec2("modify_volume", { VolumeId: made.volume, Size: 2 });
    await until("the disk is larger", 20, async () =>
      (await on("sudo blockdev --getsize64 /dev/sdf")) === String(2 ** 31) ? true : undefined,
    );
  });

  it("answers as the metadata service does, to who has a token and is near enough", async () => {
    const url = "http://169.254.169.254/latest";
    const ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60";
    expect(await on(`curl -s -o /dev/null -w '%{http_code}' ${url}/meta-data/`)).toBe("401");
    expect(
      await on(
        `token=$(curl -s -X PUT -H '${ttl}' ${url}/api/token); curl -s -H "X-aws-ec2-metadata-token: $token" ${url}/meta-data/instance-id`,
      ),
    ).toBe(made.instance);
    // As from a container behind a bridge of the instance: one hop more.
    await on(
      "sudo sh -c 'ip netns add far; ip link add near type veth peer name eth9 netns far; ip address add 192.168.77.1/24 dev near; ip link set near up; ip -n far address add 192.168.77.2/24 dev eth9; ip -n far link set eth9 up; ip -n far route add default via 192.168.77.1; iptables -t nat -A POSTROUTING -s 192.168.77.0/24 -j MASQUERADE; iptables -I FORWARD -j ACCEPT'",
    );
    expect(
      await on(
        `sudo ip netns exec far curl -s -m 3 -o /dev/null -w '%{http_code}' -X PUT -H '${ttl}' ${url}/api/token || true`,
      ),
    ).toBe("000");
  });

  it("lets through what the security group says, soon after a change", async () => {
    await on("nohup python3 -m http.server 8000 > /dev/null 2>&1 & sleep 1");
    expect(await answers(access.address, 8000)).toBe(false);
    open(made.group, 8000);
    await until("the port is open", 20, async () =>
      (await answers(access.address, 8000)) ? true : undefined,
    );
  });

  it("stops and starts it with its disk, and reboots it", async () => {
    ec2("stop_instances", { InstanceIds: [made.instance] });
    await until("it is away", 60, async () =>
      (await answers(access.address, 22)) ? undefined : true,
    );
    ec2("start_instances", { InstanceIds: [made.instance] });
    await reached();
    await until("the disk is there", 20, () => on("test -b /dev/sdf && echo yes"));
    expect(await on("sudo mount /dev/sdf /data && cat /data/file")).toBe("kept");
    const boot = await on("stat -c %Z /proc/1");
    ec2("reboot_instances", { InstanceIds: [made.instance] });
    await until("it has booted anew", 60, async () =>
      (await on("stat -c %Z /proc/1")) !== boot ? true : undefined,
    );
  });

  it("takes a shutdown from inside for a stop", async () => {
    await on("sudo systemctl --no-block --force poweroff").catch(() => undefined);
    await until("it is stopped", 60, () => (state() === "stopped" ? true : undefined));
    ec2("start_instances", { InstanceIds: [made.instance] });
    await reached();
  });

  it("goes on where it was after a stop", async () => {
    await stopRehearsal(name);
    expect(rehearsalStatus(name)).toMatchObject({ endpoint: undefined, isFollowed: false });
    expect(await answers(access.address, 22)).toBe(false);
    const again = await startRehearsal(name);
    expect(again.accessKeyId).toBe(rehearsal.accessKeyId);
    expect(again.endpoint).toBe(rehearsal.endpoint);
    expect(state()).toBe("running");
    await reached();
  });

  it("runs beside another one, which ends with the process that started it", async () => {
    const program = `
      const { startRehearsal } = require("./rehearsal/rehearsal");
      startRehearsal(${JSON.stringify(second)}).then(({ endpoint }) => console.log(endpoint));
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["-r", "./toolchain/node/program.cjs", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [endpoint] = (await once(child.stdout, "data")) as [Buffer];
    const portOf = (address: string): string => new URL(address).port;
    expect(portOf(endpoint.toString().trim())).not.toBe(portOf(rehearsal.endpoint));
    const rangeOf = (where: string): string =>
      (JSON.parse(readFileSync(join(where, "settings.json"), "utf8")) as { publicRange: string })
        .publicRange;
    expect(rangeOf(second.folder)).not.toBe(rangeOf(name.folder));
    expect(rehearsalStatus(second).isFollowed).toBe(true);
    child.kill("SIGKILL");
    await until("it has ended", 20, () => {
      const { endpoint: still, isFollowed } = rehearsalStatus(second);
      return still === undefined && !isFollowed ? true : undefined;
    });
    expect(rehearsalStatus(name).isFollowed).toBe(true);
  });

  it("leaves nothing behind, neither of an instance nor of itself", async () => {
    expect(loopFiles()).toContain(made.volume);
    ec2("terminate_instances", { InstanceIds: [made.instance] });
    await until("the instance is gone", 60, () =>
      rehearsalStatus(name).running.length === 0 && !loopFiles().includes(made.volume)
        ? true
        : undefined,
    );
    await cleanRehearsal(name);
    await cleanRehearsal(second);
    expect(left(name.id) + left(second.id)).toBe("");
    expect(existsSync(join(name.folder, "account.pickle"))).toBe(false);
    await cleanRehearsal(name);
  });
});
