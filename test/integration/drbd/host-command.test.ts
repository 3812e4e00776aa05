import { createHash } from "node:crypto";
import { readLook } from "../../../model/volume/drbd/read-look";
import { volumeCommand } from "../../../render/drbd/host-command";
import { drbdResourceFile, type ResourceFile } from "../../../render/drbd/resource-file";
import { sampleResource } from "../../drbd/sample-resource";
import { DrbdServer, type Ended } from "./server";

jest.setTimeout(300_000);

let server: DrbdServer;
let resource: ResourceFile;

beforeAll(() => {
  const [own] = sampleResource.replicas;
  if (own === undefined) throw new Error("The sample has no server.");
  server = new DrbdServer(own.name, own.address);
  resource = {
    ...sampleResource,
    replicas: sampleResource.replicas.map((replica) => ({ ...replica, disk: server.disk })),
  };
});
afterAll(() => {
  (server as DrbdServer | undefined)?.remove();
});
beforeEach(() => {
  server.must("rm -rf /etc/drbd.d/*.res");
  server.wipe();
});

/** Runs a verb as root, without the module that drbdsetup needs. */
function use(verb: string, input = ""): Ended {
  const { name, minor } = resource;
  const command = volumeCommand({ name, minor, disk: server.disk, filesystem: "ext4" });
  return server.run(command, `${verb}\n${input}`);
}

/** What a look says of disk and file; drbdsetup ends with 20 without its module. */
function sight(file: string): ReturnType<typeof readLook> {
  const { stdout } = use(`look ${createHash("sha256").update(file).digest("hex")}`);
  expect(stdout).toMatch(/^status 20$/m);
  return readLook(stdout.replace(/^status 20[^]*/m, "status 10\n[\n]\n"));
}

test("the real drbdadm takes the file and makes metadata, once", () => {
  const file = drbdResourceFile(resource);
  expect(sight(file)).toMatchObject({ file: "absent", backing: { content: { kind: "blank" } } });
  expect(use("write-file", file)).toMatchObject({ code: 0, stderr: "" });
  expect(server.must("stat -c %a /etc/drbd.d/*.res").stdout.trim()).toBe("600");
  expect(use("create-metadata")).toMatchObject({ code: 0 });
  expect(sight(file)).toMatchObject({
    file: "same",
    backing: { sizeBytes: 64 * 1024 * 1024, content: { kind: "drbd" } },
  });
  const again = use("create-metadata");
  expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/^The disk is not blank/)]);
});

test("another file is seen, and one that drbdadm cannot read changes nothing", () => {
  const file = drbdResourceFile(resource);
  expect(use("write-file", file).code).toBe(0);
  expect(sight(`${file}# changed`).file).toBe("other");
  const wrong = use("write-file", file.replace("quorum", "quorom"));
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("Parse error")]);
  expect(sight(file).file).toBe("same");
  expect(server.must("ls /etc/drbd.d").stdout).not.toContain(".new");
});

test.each([
  ["a filesystem", (disk: string) => `mkfs.xfs -q -L precious ${disk} || mkfs.ext4 -q ${disk}`],
  ["a partition table", (disk: string) => `echo 'label: gpt' | sfdisk --quiet ${disk}`],
])("a disk with %s is told, and gets no metadata", (_, fill) => {
  server.must(fill(server.disk));
  const file = drbdResourceFile(resource);
  expect(use("write-file", file).code).toBe(0);
  const before = server.must(`sha256sum ${server.disk}`).stdout;
  expect(sight(file).backing?.content.kind).toBe("other");
  expect(use("create-metadata").code).toBe(1);
  expect(server.must(`sha256sum ${server.disk}`).stdout).toBe(before);
});

test("removed, nothing of it is left on the disk or in the files", () => {
  const file = drbdResourceFile(resource);
  use("write-file", file);
  use("create-metadata");
  expect(use("remove")).toMatchObject({ code: 0 });
  expect(sight(file)).toMatchObject({ file: "absent", backing: { content: { kind: "blank" } } });
  expect(use("remove")).toMatchObject({ code: 0 });
});

test("a look changes nothing, and shows no secret", () => {
  const file = drbdResourceFile(resource);
  use("write-file", file);
  const before = server.must(`sha256sum ${server.disk} /etc/drbd.d/*`).stdout;
  const { stdout, stderr } = use("look 0");
  expect(stdout + stderr).not.toContain(resource.secret);
  expect(server.must(`sha256sum ${server.disk} /etc/drbd.d/*`).stdout).toBe(before);
});
