import { readyStep } from "./ready";
import { commandLine } from "./shell";
import { authorizedKeysPath } from "./sshd";

/** Adds the lines of its standard input that are missing to the list of keys. */
function admitScript(adminUser: string): string {
  return `
set -u
list=${authorizedKeysPath(adminUser)}
while read -r line; do
  grep --quiet --line-regexp --fixed-strings -- "$line" "$list" && continue
  printf '%s\\n' "$line" | sudo tee -a "$list" > /dev/null || exit 1
done
`.trim();
}

/**
 * The first command on a new server: it waits until the server has booted, and adds the keys from
 * standard input, one per line. It runs as the admin user.
 */
export function firstContactStep(adminUser: string): string {
  const admit = commandLine("bash", "-c", admitScript(adminUser), "hive: operators");
  return `${readyStep()} < /dev/null && ${admit}`;
}
