import { asRoot } from "./shell";

/** Limit of the replacement of a host key, seconds. */
export const hostKeySeconds = 60;

/**
 * The command that replaces the host key of a server by the one on its standard input: a private
 * ed25519 key in OpenSSH's format. The session goes on; the next one meets the new key. sshd keeps
 * the old key if the new one is not usable. It may run any number of times.
 */
export function replaceHostKeyCommand(): string {
  const script = `
set -eu
umask 077
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
key=/etc/ssh/ssh_host_ed25519_key
cat > "$key.new"
ssh-keygen -y -P '' -f "$key.new" > "$key.new.pub" || { echo "this is not a usable host key" >&2; exit 1; }
chmod 0644 "$key.new.pub"
# A first boot restarts sshd once more, and its stop takes this folder away.
usable() { mkdir -p /run/sshd && sshd -t -h "$key.new"; }
usable 2> /dev/null || { sleep 2; usable; } || { sleep 5; usable; }
mv -f "$key.new.pub" "$key.pub"
mv -f "$key.new" "$key"
# A key of another type could be one that others know too.
find /etc/ssh -maxdepth 1 -name 'ssh_host_*_key*' ! -name 'ssh_host_ed25519_key*' -delete
systemctl reload-or-restart ssh.service
echo "host key is replaced"
`.trim();
  return asRoot({ title: "host key", script, readsInput: true, timeoutSeconds: hostKeySeconds });
}
