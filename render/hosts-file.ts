import type { ConvergeKeep } from "./converge";
import { encode } from "./shell";

/** The file as it should be, while a step runs. */
const scratch = "/run/hive-converge.hosts";

/** A name and the address that it stands for. */
export interface HostEntry {
  readonly name: string;
  readonly address: string;
}

/**
 * awk program: standard input is wanted lines `<address> <name>`, an empty line, then a hosts file; prints the hosts file
 * in which every wanted name stands for its address and no other. Lines without a wanted name stay as they are.
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

/**
 * Makes `/etc/hosts` know the names. It is written only when something is missing or wrong, and then into the file that is there: in a
 * container it is a mount, which cannot be renamed over, and Docker writes it anew at every start (with the same names, which the
 * fleet gives it, so that nothing is to be done then).
 */
export function keepHostsFile(entries: readonly HostEntry[]): ConvergeKeep {
  const wanted = entries.map(({ address, name }) => `${address} ${name}\n`).join("");
  return {
    what: "/etc/hosts",
    holds: `
wanted=$(printf %s ${encode(wanted)} | base64 -d)
program=$(printf %s ${encode(program)} | base64 -d)
{ printf '%s\\n\\n' "$wanted"; cat /etc/hosts; } | awk "$program" > ${scratch}
cmp -s ${scratch} /etc/hosts
`.trim(),
    // What the look has left.
    make: `cat ${scratch} > /etc/hosts`,
  };
}
