import { lastLines } from "../../../model/values/last-lines";
import { withoutSecrets } from "../../../model/values/without-secrets";
import { isUnreachable } from "../../../providers/transport/unreachable";
import { runCommand } from "../../../providers/transport/command";
import { sleep } from "../../../providers/transport/deadline";
import { describeHost, isTransportError } from "../../../providers/transport/errors";
import type { HostAccess } from "../../../providers/transport/host-access";
import { closeIdleConnections } from "../../../providers/transport/pool";
import { runWithPassword } from "./password-login";

/** A server at hive's first contact. */
export interface FirstContact {
  /** How the server is reached later: as the admin user. */
  readonly host: HostAccess;
  /** The user of the first login. */
  readonly firstUser: string;
  /**
   * The command that creates the admin user, as root, and lets the operators in. It contains no
   * secret.
   */
  readonly command: string;
  /** Secret. Default: the operator's key. */
  readonly password?: string;
  /** The command's own limit, seconds. */
  readonly timeoutSeconds: number;
}

/**
 * Tests whether the first contact has prepared the user. An existing user of the server who may
 * become root does not count: its session would lack the group of the Docker Engine.
 */
export const preparedCheck =
  "sudo -n true && id -nG | grep -qw docker && test -e /etc/ssh/sshd_config.d/20-hive-admin.conf";

/** Limit for a check, seconds. */
const lookSeconds = 20;
/** Limit for a connection, seconds. */
const dialSeconds = 20;
/** How long a server may take to let the admin user in, seconds. */
const settleSeconds = 30;
/** Time for the connection and the end of a command, beyond its limit, seconds. */
const graceSeconds = 60;

/**
 * Whether the admin user can log in and become root.
 *
 * @throws TransportError when the host does not answer, or has another host key
 */
export async function hasAdminUser(host: HostAccess): Promise<boolean> {
  try {
    const { code } = await runCommand(host, preparedCheck, {
      deadlineSeconds: lookSeconds,
      dialSeconds,
    });
    return code === 0;
  } catch (error) {
    if (isTransportError(error, "login")) return false;
    throw error;
  }
}

/**
 * Creates the admin user, unless it exists.
 *
 * @throws Error that says what failed, without secrets
 */
export async function ensureAdminUser(contact: FirstContact): Promise<void> {
  const { host, firstUser, password, timeoutSeconds } = contact;
  if (await hasAdminUser(host)) return;
  const { command } = contact;
  const deadlineSeconds = timeoutSeconds + graceSeconds;
  const first = { ...host, user: firstUser };
  const { code, stdout, stderr } =
    password === undefined
      ? await runCommand(first, command, { deadlineSeconds, dialSeconds })
      : await runWithPassword(first, { command, password, deadlineSeconds });
  if (code !== 0) {
    const said = stderr.trim() === "" ? stdout : stderr;
    const printed = withoutSecrets(said, password === undefined ? [] : [password]).trim();
    throw new Error(
      `The first contact with ${describeHost(host)} as '${firstUser}' failed with exit code ${code}:\n  ` +
        (printed === "" ? "(it printed nothing)" : lastLines(printed).join("\n  ")),
    );
  }
  if (!(await letsIn(host))) {
    throw new Error(
      `The first contact with ${describeHost(host)} succeeded, but '${host.user}' cannot log in with this computer's key and become root. ` +
        "Is the key one of hive:operators? Look on the server with 'journalctl -u ssh', then run again.",
    );
  }
}

/**
 * As {@link hasAdminUser}, for a server whose SSH daemon is just reloading its settings: for a
 * moment it accepts no connection.
 */
async function letsIn(host: HostAccess): Promise<boolean> {
  const end = Date.now() + settleSeconds * 1000;
  for (;;) {
    // A session has the groups of the time of its login.
    closeIdleConnections();
    try {
      if (await hasAdminUser(host)) return true;
      if (Date.now() > end) return false;
    } catch (error) {
      if (!isUnreachable(error) || Date.now() > end) throw error;
    }
    await sleep(500);
  }
}

/**
 * Removes from a server everything that hive installed there.
 *
 * @returns the remaining parts, one line each
 * @throws TransportError when the host does not answer
 */
export async function removeFromHost(
  host: HostAccess,
  command: string,
  seconds: number,
): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runCommand(host, command, {
    deadlineSeconds: seconds + graceSeconds,
    dialSeconds,
  });
  const left = stdout.split("\n").flatMap((line) => /^left (.*)/.exec(line)?.[1] ?? []);
  return code === 0 ? left : [...left, lastLines(stderr.trim()).join(" ")];
}
