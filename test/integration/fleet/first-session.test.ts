import { makeFirstSession, type NewInstance } from "../../../fleet/aws/first-session/client";
import { generateOpenSshKeyPair } from "../../../providers/ssh-key-pair/openssh-key";
import { runCommand } from "../../../providers/transport/command";
import { closeIdleConnections } from "../../../providers/transport/pool";
import { diskLinksStep } from "../../../render/disk-links";
import { firstContactStep } from "../../../render/first-contact";
import { hostKeySeconds, replaceHostKeyCommand } from "../../../render/host-key";
import { useOperatorKey } from "../../operator-key";
import { type Lab, startLab } from "../lab";

jest.setTimeout(300_000);

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ servers: 1, prefix: "instance" });
});
afterAll(() => lab.destroy());

const own = generateOpenSshKeyPair("own");
const colleague = `${generateOpenSshKeyPair("colleague").publicKey} colleague`;

/** The lab's server as an instance that was just made: its host key is that of the user data. */
function instance(change: Partial<NewInstance> = {}): NewInstance {
  const [boot] = lab.hosts;
  if (boot === undefined) throw new Error("The lab has no server.");
  return {
    host: { ...boot, hostKey: own.publicKey },
    bootstrapKey: useOperatorKey().privateKey,
    bootHostKey: boot.hostKey,
    hostPrivateKey: own.privateKey,
    keyCommand: replaceHostKeyCommand(),
    keySeconds: hostKeySeconds,
    script: firstContactStep("hive"),
    operators: `${colleague}\n`,
    ...change,
  };
}

const run = async (command: string) => await runCommand(instance().host, command);

test("a key that is none is refused, and the server keeps the one it has", async () => {
  await expect(makeFirstSession(instance({ hostPrivateKey: "garbage\n" }))).rejects.toThrow(
    /host key of instance0\.lab\.example .* could not be replaced[^]*not a usable host key/,
  );
  const [boot] = lab.hosts;
  if (boot !== undefined) expect((await runCommand(boot, "true")).code).toBe(0);
});

test("in the first session a server gets its own host key, and lets the operators in", async () => {
  await makeFirstSession(instance());
  const { stdout } = await run("cat /etc/ssh/authorized_keys/hive; ls /etc/ssh");
  expect(stdout).toContain(colleague);
  expect(stdout).not.toMatch(/ssh_host_(rsa|ecdsa)|\.new/);
});

test("what the user data held is worth nothing afterwards: nobody who pins it gets in", async () => {
  const { host, bootHostKey } = instance();
  // A connection from before the session would go on.
  closeIdleConnections();
  await expect(runCommand({ ...host, hostKey: bootHostKey }, "true")).rejects.toThrow(
    /presented the host key/,
  );
  const { stdout } = await run(
    "sudo cat /etc/ssh/ssh_host_ed25519_key.pub; sudo stat -c %a:%U /etc/ssh/ssh_host_ed25519_key",
  );
  expect(stdout).toContain(own.publicKey);
  expect(stdout).toContain("600:root");
});

test("a session that was interrupted is made again", async () => {
  await makeFirstSession(instance());
  expect((await run("true")).code).toBe(0);
});

test("a server with a key that nobody gave it is never sent anything", async () => {
  const stranger = generateOpenSshKeyPair("x");
  const wrong = instance({
    bootHostKey: stranger.publicKey,
    host: { ...instance().host, hostKey: stranger.publicKey },
  });
  await expect(makeFirstSession(wrong)).rejects.toThrow(/presented the host key/);
});

describe("the names of disks", () => {
  const device = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123";
  const step = diskLinksStep({ data: device });

  test("are made once the disk is there, and a second time changes nothing", async () => {
    await run(`sudo mkdir -p /dev/disk/by-id && sudo mknod ${device} b 7 250`);
    const first = await run(step);
    expect(first.stdout).toContain("disks: changed");
    expect((await run("readlink /dev/hive/data && test -b /dev/hive/data")).stdout.trim()).toBe(
      device,
    );
    expect((await run(step)).stdout).toContain("disks: unchanged");
  });

  test("are made again after a boot, before anything mounts", async () => {
    await run("sudo rm -rf /dev/hive && sudo systemd-tmpfiles --create --boot --prefix=/dev");
    expect((await run("readlink /dev/hive/data")).stdout.trim()).toBe(device);
  });
});
