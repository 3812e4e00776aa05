import { parse } from "yaml";
import { type FirstBoot, firstBootVersion, renderCloudConfig } from "../../../render/cloud-init";
import { generateOpenSshKeyPair } from "../../../providers/ssh-key-pair/openssh-key";

const hostKey = generateOpenSshKeyPair("boot");
const boot: FirstBoot = {
  hostName: "s-hive0.hive.example",
  user: "hive",
  sshPort: 22,
  loginKey: "ssh-ed25519 AAAAlogin bootstrap@hive.example",
  hostKey,
};

test("the user data makes the admin user, sshd's keys and nothing else", () => {
  const text = renderCloudConfig(boot);
  expect(text.startsWith("#cloud-config\n")).toBe(true);
  const config = parse(text) as {
    users: { name: string; groups: string[] }[];
    ssh_keys: Record<string, string>;
    write_files: { path: string; content: string }[];
  };
  expect(Object.keys(config).sort()).toEqual([
    "bootcmd",
    "disable_root",
    "fqdn",
    "hostname",
    "manage_etc_hosts",
    "prefer_fqdn_over_hostname",
    "ssh_deletekeys",
    "ssh_keys",
    "ssh_pwauth",
    "users",
    "write_files",
  ]);
  expect(config.users).toMatchObject([{ name: "hive", groups: ["docker"] }]);
  expect(config.ssh_keys).toEqual({
    ed25519_private: hostKey.privateKey,
    ed25519_public: hostKey.publicKey,
  });
  expect(
    Object.fromEntries(config.write_files.map(({ path, content }) => [path, content])),
  ).toEqual({
    "/etc/ssh/authorized_keys/hive": "ssh-ed25519 AAAAlogin bootstrap@hive.example\n",
    "/etc/ssh/sshd_config.d/20-hive-first.conf": expect.stringContaining("\nPort 22\n") as string,
  });
});

test("the same server has the same user data: another text would make another server", () => {
  expect(renderCloudConfig({ ...boot })).toBe(renderCloudConfig(boot));
});

test("the text is that of its version", () => {
  const text = renderCloudConfig({
    ...boot,
    hostKey: { privateKey: "the private host key", publicKey: "the public host key" },
  });
  expect(text).toMatchSnapshot(
    `version ${firstBootVersion}. If the text has changed, do not update this snapshot: raise firstBootVersion in model/first-boot.ts, so that a preview says that every server is replaced`,
  );
});

test("EC2 takes it: 16 KiB at most", () => {
  expect(Buffer.byteLength(renderCloudConfig(boot))).toBeLessThan(16 * 1024);
});
