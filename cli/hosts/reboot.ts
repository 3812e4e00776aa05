/**
 * A command for a POSIX shell that succeeds when a server waits for a reboot: its packages say so,
 * or it has a newer kernel than it runs. Containers have neither.
 */
export const rebootWaits = [
  "[ -e /run/reboot-required ]",
  '{ kernel=$(readlink -e /vmlinuz || readlink -e /boot/vmlinuz) && [ "${kernel#*vmlinuz-}" != "$(uname -r)" ]; }',
].join(" || ");

/**
 * How a server is rebooted without a gap: its tasks leave first.
 *
 * @param name short, e.g. `hive0`
 */
export function rebootRemedy(name: string, role: "cluster" | "repository", stage: string): string {
  const of = `--stack ${stage}`;
  const reboot = `\`npx hive ssh ${name} ${of} -- sudo systemctl reboot\``;
  return role === "repository"
    ? `${reboot}; services keep running meanwhile.`
    : `One server after the other: \`npx hive drain ${name} ${of}\`, ${reboot}, and when it is back \`npx hive undrain ${name} ${of}\`.`;
}
