import { commandLine, quote } from "../shell";
import { deviceOf, resourceFilePath } from "./paths";

/** `mkfs` commands that ask no questions, and overwrite nothing that they know. */
const makers = { ext4: ["mkfs.ext4", "-q"], xfs: ["mkfs.xfs", "-q"] } as const;

/**
 * Slots for other servers in the metadata of a volume: more than it has, for metadata that were
 * made for three servers take no fourth (exit code 1 of `adjust`, half-way).
 */
export const peerSlots = 6;

/**
 * Script for bash, as root, that writes a resource file from standard input, if drbdadm can read
 * it. One file that it cannot read would stop every command for all volumes.
 */
export function writeFileScript(name: string): string {
  const file = resourceFilePath(name);
  const draft = `${file}.new`;
  return `
umask 077
mkdir -p /etc/drbd.d
cat > ${quote(draft)}
if fault=$(${commandLine("drbdadm", "--config-file", draft, "dump", name)} 2>&1 > /dev/null); then
  mv ${quote(draft)} ${quote(file)}
else
  rm ${quote(draft)}
  echo "$fault"
  exit 1
fi
`.trim();
}

/** Makes metadata at the end of a disk that holds nothing; what it holds is asked once more. */
export function createMetadataScript(name: string, disk: string): string {
  return `
code=0
found=$(blkid --probe ${quote(disk)} 2>&1) || code=$?
[ "$code $found" = "2 " ] || { echo "The disk is not blank any more: $found"; exit 1; }
${commandLine("drbdadm", "create-md", `--max-peers=${peerSlots}`, name)} < /dev/null
`.trim();
}

/** Brings the volume up. What a failed \`up\` leaves behind would stop the next one. */
export function upScript(name: string): string {
  return `${commandLine("drbdadm", "up", name)} || { code=$?; ${commandLine("drbdadm", "down", name)}; exit "$code"; }`;
}

/** Makes what runs as its file says, and connects what stands alone. */
export function adjustScript(name: string): string {
  return commandLine("drbdadm", "adjust", name);
}

/** Declares all copies equal, which nobody has written to. Refused when one has data. */
export function skipFirstSyncScript(name: string): string {
  return commandLine("drbdadm", "new-current-uuid", "--clear-bitmap", `${name}/0`);
}

/** Makes the filesystem, where there is none; the device becomes Primary for that time. */
export function makeFilesystemScript(minor: number, filesystem: keyof typeof makers): string {
  const device = deviceOf(minor);
  return `
code=0
found=$(blkid --probe ${device} 2>&1) || code=$?
[ "$code $found" = "2 " ] || { echo "The volume is not blank any more: $found"; exit 1; }
${commandLine(...makers[filesystem], device)}
`.trim();
}

/** Takes the size that all disks have. It may end with 0 and do nothing: compare sizes after it. */
export function resizeScript(name: string): string {
  return commandLine("drbdadm", "resize", name);
}

/** Gives the filesystem the size of its device, mounted or not. */
export function growFilesystemScript(minor: number, filesystem: keyof typeof makers): string {
  const device = deviceOf(minor);
  const grow =
    filesystem === "ext4" ? `resize2fs ${device} 2>&1` : 'xfs_growfs -d "$place" > /dev/null';
  return `
set -e
place=$(findmnt --noheadings --first-only --output TARGET --source ${device} || true)
own=
if [ -z "$place" ]; then
  own=$(mktemp --directory)
  trap 'umount "$own" 2> /dev/null; rmdir "$own"' EXIT
  mount ${device} "$own"
  place=$own
fi
${grow}
`.trim();
}
