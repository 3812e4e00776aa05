import { asRoot, commandLine, quote } from "../shell";

/** A volume on one server. */
export interface VolumeOnHost {
  /** The volume's name. */
  readonly name: string;
  /** N of /dev/drbdN. */
  readonly minor: number;
  /** Path of the disk below, by id. */
  readonly disk: string;
  readonly filesystem: "ext4" | "xfs";
}

/**
 * Slots for other servers in the metadata of a volume: more than it has, for metadata that were
 * made for three servers take no fourth (`adjust` ends half-way with code 1).
 */
export const peerSlots = 6;

/** Limit of one use of the command, seconds: to make a large filesystem takes the longest. */
export const volumeCommandSeconds = 300;

/** Path of a volume's resource file, the same on all servers. Only root may read it. */
export function resourceFilePath(volume: string): string {
  return `/etc/drbd.d/${volume}.res`;
}

/** What is done for a volume on its servers; each word is the first on standard input. */
export type VolumeVerb = keyof typeof verbs;

/**
 * The command that looks after a volume on one server. It reads from standard input a line with a
 * verb and its arguments, then the verb's own input:
 *
 * - `look HASH`: what the server says of it, for `readLook`. HASH is the SHA-256 of the wanted
 *   resource file. It changes nothing, and leaves the device of DRBD alone: who reads that keeps
 *   others from becoming Primary.
 * - `filesystem`: which one the device has, for `readFilesystem`. `filesystem check` checks it too,
 *   which only somebody may ask who knows that nobody uses it.
 * - `write-file`: writes the resource file, which is the input, if drbdadm can read it: one that it
 *   cannot read stops all its commands, for all volumes.
 * - `create-metadata`, `up`, `adjust`, `skip-first-sync`, `make-filesystem`, `resize`,
 *   `grow-filesystem`: one step each. What would overwrite something looks once more before.
 *
 * - `remove`: takes the volume off the server, with its data, unless somebody uses it.
 *
 * The command contains no secret; the resource file does.
 */
export function volumeCommand(volume: VolumeOnHost): string {
  const cases = Object.entries(verbs).flatMap(([verb, script]) => [
    `${verb})`,
    script(volume).trim(),
    ";;",
  ]);
  const script = [
    "export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C",
    "read -r verb argument",
    'case "$verb" in',
    ...cases,
    '*) echo "$verb is nothing that is done for a volume" >&2; exit 64 ;;',
    "esac",
  ].join("\n");
  return asRoot({
    title: `volume ${volume.name}`,
    script,
    readsInput: true,
    timeoutSeconds: volumeCommandSeconds,
  });
}

/** `mkfs` commands that ask no questions. */
const makers = { ext4: ["mkfs.ext4", "-q"], xfs: ["mkfs.xfs", "-q"] } as const;

const verbs = {
  look: ({ name, disk }: VolumeOnHost) => `
disk=${quote(disk)}
file=${quote(resourceFilePath(name))}
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
if [ ! -e "$file" ]; then echo "file absent"
elif [ "$(sha256sum < "$file")" = "$argument  -" ]; then echo "file same"
else echo "file other"
fi
# A dry run prints the volume's secret: only whether it prints anything is told.
if [ -e "$file" ] && changes=$(${commandLine("drbdadm", "--dry-run", "adjust", name)} 2>&1) && [ -z "$changes" ]; then
  echo adjusted
fi
code=0
status=$(${commandLine("drbdsetup", "status", name, "--json", "--statistics")} 2>&1) || code=$?
echo "status $code"
echo "$status"`,

  filesystem: ({ minor, filesystem }: VolumeOnHost) => `
code=0
found=$(blkid --probe --output export ${deviceOf(minor)} 2>&1) || code=$?
echo "found $code"
echo "$found"
if [ "$argument" = check ] && [ "$code" = 0 ]; then
  fault=$(${filesystem === "ext4" ? `e2fsck -fn ${deviceOf(minor)}` : `xfs_repair -n ${deviceOf(minor)}`} 2>&1) ||
    echo "FAULT=$(echo "$fault" | tail -n 1)"
fi`,

  "write-file": ({ name }: VolumeOnHost) => `
set -e
umask 077
file=${quote(resourceFilePath(name))}
mkdir -p /etc/drbd.d
cat > "$file.new"
if fault=$(drbdadm --config-file "$file.new" ${commandLine("dump", name)} 2>&1 > /dev/null); then
  mv "$file.new" "$file"
else
  rm "$file.new"
  echo "$fault" >&2
  exit 1
fi`,

  "create-metadata": ({ name, disk }: VolumeOnHost) => `
${stillBlank(quote(disk), "The disk")}
${commandLine("drbdadm", "create-md", `--max-peers=${peerSlots}`, name)} < /dev/null`,

  // What a failed `up` leaves behind would stop the next one.
  up: ({ name }: VolumeOnHost) => `
${commandLine("drbdadm", "up", name)} || { code=$?; ${commandLine("drbdadm", "down", name)}; exit "$code"; }`,

  adjust: ({ name }: VolumeOnHost) => commandLine("drbdadm", "adjust", name),

  // Refused where a copy has data, and where a connection is missing.
  "skip-first-sync": ({ name }: VolumeOnHost) =>
    commandLine("drbdadm", "new-current-uuid", "--clear-bitmap", `${name}/0`),

  "make-filesystem": ({ minor, filesystem }: VolumeOnHost) => `
${stillBlank(deviceOf(minor), "The volume")}
${commandLine(...makers[filesystem], deviceOf(minor))}`,

  // It may end with 0 and do nothing: sizes are compared after it.
  resize: ({ name }: VolumeOnHost) => commandLine("drbdadm", "resize", name),

  "grow-filesystem": ({ minor, filesystem }: VolumeOnHost) => `
set -e
place=$(findmnt --noheadings --first-only --output TARGET --source ${deviceOf(minor)} || true)
if [ -z "$place" ]; then
  own=$(mktemp --directory)
  trap 'umount "$own" 2> /dev/null; rmdir "$own"' EXIT
  mount ${deviceOf(minor)} "$own"
  place=$own
fi
${filesystem === "ext4" ? `resize2fs ${deviceOf(minor)} 2>&1` : 'xfs_growfs -d "$place" > /dev/null'}`,

  remove: ({ name, disk }: VolumeOnHost) => `
set -e
file=${quote(resourceFilePath(name))}
if [ -e "$file" ]; then
  ${commandLine("drbdadm", "down", name)}
  rm "$file"
fi
if [ -b ${quote(disk)} ]; then wipefs --quiet --all ${quote(disk)}; fi`,
} as const satisfies Readonly<Record<string, (volume: VolumeOnHost) => string>>;

function stillBlank(device: string, what: string): string {
  return `
code=0
found=$(blkid --probe ${device} 2>&1) || code=$?
[ "$code $found" = "2 " ] || { echo "${what} is not blank any more: $found" >&2; exit 1; }`.trim();
}

function deviceOf(minor: number): string {
  return `/dev/drbd${minor}`;
}
