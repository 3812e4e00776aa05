import { bootProgram, type BootProgramStep } from "./boot-program";
import { quote } from "./shell";

/** Path of the list of names, one per line: `<address> <name>`. */
const namesPath = "/etc/hive/hosts";

/** A name and the address that it stands for. */
export interface HostEntry {
  readonly name: string;
  readonly address: string;
}

/**
 * awk program: standard input is wanted lines `<address> <name>`, an empty line, then a hosts file;
 * prints the hosts file in which every wanted name has its address and no other. Lines
 * without a wanted name stay as they are.
 */
const program = `
reading == 0 && NF == 0 { reading = 1; next }
reading == 0 { address[$2] = $1; order[++count] = $2; next }
/^[ \\t]*(#|$)/ { print; next }
{
  line = $1; dropped = 0; kept = 0
  for (i = 2; i <= NF && $i !~ /^#/; i++) {
    if (($i in address) && address[$i] != $1) { dropped = 1; continue }
    if ($i in address) done[$i] = 1
    line = line " " $i; kept = 1
  }
  if (!dropped) print; else if (kept) print line
}
END { for (i = 1; i <= count; i++) if (!(order[i] in done)) print address[order[i]] "\\t" order[i] }
`.trim();

/** The program; with `check` it changes nothing, and fails if a change is needed. */
function renderProgram(): string {
  return `#!/bin/bash
# Kept by hive: adds the names of ${namesPath} to /etc/hosts.
set -euo pipefail
new=$(mktemp /run/hive-hosts.XXXXXX)
trap 'rm -f "$new"' EXIT
{ cat ${namesPath}; echo; cat /etc/hosts; } | awk ${quote(program)} > "$new"
if cmp -s "$new" /etc/hosts; then exit 0; fi
if [ "\${1:-}" = check ]; then exit 1; fi
cat "$new" > /etc/hosts
`;
}

/**
 * The part of a converge step that adds the names to `/etc/hosts`, now and after every boot of the
 * server: Docker recreates a container's file then, and a cloud's first-boot program may do the
 * same. It writes only when something is missing or wrong, and into the existing file: in a
 * container that is a mount, which cannot be renamed over.
 */
export function hostsFileStep(entries: readonly HostEntry[]): BootProgramStep {
  const names = entries.map(({ address, name }) => `${address} ${name}\n`).join("");
  const program = bootProgram({
    name: "hosts",
    description: "Names of the site's servers in /etc/hosts",
    before: ["docker.service"],
    what: "/etc/hosts",
    program: renderProgram(),
  });
  return {
    ...program,
    files: [{ path: namesPath, mode: "0644", content: names }, ...program.files],
  };
}
