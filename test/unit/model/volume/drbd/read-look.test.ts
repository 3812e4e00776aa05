import { readFileSync } from "node:fs";
import { readFilesystem, readLook } from "../../../../../model/volume/drbd/read-look";

const recorded = JSON.parse(readFileSync("test/drbd/recorded-status.json", "utf8")) as Readonly<
  Record<string, unknown>
>;
const gibi = 1024 ** 3;

test("a server with nothing of the volume but a blank disk", () => {
  const text = `size ${gibi}\ncontent blank\nfile absent\nstatus 10\n[\n]\n\nr0: No such resource\n`;
  expect(readLook(text)).toEqual({
    backing: { sizeBytes: gibi, content: { kind: "blank" } },
    file: "absent",
    isAdjusted: false,
  });
});

test("a server where the volume runs as it shall", () => {
  const status = JSON.stringify(recorded["a Primary"], undefined, 1);
  const text = `size ${gibi}\ncontent drbd\nfile same\nadjusted\nstatus 0\n${status}\n`;
  expect(readLook(text)).toMatchObject({
    backing: { sizeBytes: gibi, content: { kind: "drbd" } },
    file: "same",
    isAdjusted: true,
    status: { name: "r0", role: "Primary" },
  });
});

test("a disk that holds something, and no disk at all", () => {
  const text = 'content other LABEL="x" TYPE="xfs"\nfile other\nstatus 10\n[\n]\n';
  expect(readLook(`size 1\n${text}`).backing?.content).toEqual({
    kind: "other",
    words: 'LABEL="x" TYPE="xfs"',
  });
  expect(readLook("file absent\nstatus 10\n[\n]\n").backing).toBeUndefined();
});

test("without the module of the kernel, its words are told", () => {
  const words = "modprobe: FATAL: Module drbd not found in directory /lib/modules/6.12.0";
  expect(() => readLook(`file absent\nstatus 20\n${words}\n`)).toThrow(words);
});

test.each([
  ["found 8\nambivalent result\n", { type: "something else (ambivalent result)", sizeBytes: 0 }],
  ["found 2\n\n", { type: "", sizeBytes: 0 }],
  [
    "found 0\nDEVNAME=/dev/drbd1000\nTYPE=ext4\nFSLASTBLOCK=65523\nFSBLOCKSIZE=4096\n",
    { type: "ext4", sizeBytes: 65523 * 4096 },
  ],
  [
    "found 0\nTYPE=xfs\nFSLASTBLOCK=10\nFSBLOCKSIZE=4096\nFAULT=bad primary superblock\n",
    { type: "xfs", sizeBytes: 40960, fault: "bad primary superblock" },
  ],
])("a filesystem: %j", (text, found) => {
  expect(readFilesystem(text)).toEqual(found);
});
