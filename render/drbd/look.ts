import { commandLine, quote } from "../shell";
import { deviceOf, resourceFilePath } from "./paths";

/** What a look at a server asks about. */
export interface VolumeLook {
  /** The volume's name. */
  readonly name: string;
  /** Path of the disk below, by id. */
  readonly disk: string;
  /** SHA-256 of the wanted resource file, in hexadecimal digits. */
  readonly fileHash: string;
}

/**
 * Script for bash, as root: what a server says of a volume, as lines `key value`, then the status
 * as drbdsetup prints it; `readLook` reads it. It changes nothing, and opens the disk below only:
 * who reads the device of DRBD keeps the others from becoming Primary.
 *
 * A dry run of `adjust` prints the volume's secret: only whether it prints anything is told.
 */
export function lookScript({ name, disk, fileHash }: VolumeLook): string {
  const file = quote(resourceFilePath(name));
  return `
disk=${quote(disk)}
if [ -b "$disk" ]; then
  echo "size $(blockdev --getsize64 "$disk")"
  code=0
  found=$(blkid --probe "$disk" 2>&1) || code=$?
  case "$code $found" in
    "2 ") echo "content blank" ;;
    "0 "*' TYPE="drbd"'*) echo "content drbd" ;;
    *) echo "content other \${found#*: }" ;;
  esac
fi
if [ ! -e ${file} ]; then echo "file absent"
elif [ "$(sha256sum < ${file})" = ${quote(`${fileHash}  -`)} ]; then echo "file same"
else echo "file other"; fi
if [ -e ${file} ] && [ -z "$(${commandLine("drbdadm", "--dry-run", "adjust", name)} 2>&1)" ]; then echo "adjusted"; fi
code=0
status=$(${commandLine("drbdsetup", "status", name, "--json", "--statistics")} 2>&1) || code=$?
echo "status $code"
echo "$status"
`.trim();
}

/**
 * Script for bash, as root, for the server that is Primary, or for one while there is none: which
 * filesystem the device of DRBD has, and how large it is; `readFilesystem` reads it.
 */
export function filesystemScript({
  minor,
  isPrimary,
}: {
  readonly minor: number;
  /** Whether somebody uses it there: then it is not checked. */
  readonly isPrimary: boolean;
}): string {
  const device = deviceOf(minor);
  return `
code=0
found=$(blkid --probe --output export ${device} 2>&1) || code=$?
echo "found $code"
echo "$found"
${
  isPrimary
    ? ""
    : `
if fault=$(case "$found" in
  *TYPE=ext4*) e2fsck -fn ${device} 2>&1 ;;
  *TYPE=xfs*) xfs_repair -n ${device} 2>&1 ;;
esac); then :; else echo "FAULT=$(echo "$fault" | tail -n 1)"; fi
`.trim()
}
`.trim();
}
