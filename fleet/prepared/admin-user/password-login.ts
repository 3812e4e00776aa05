import type * as ssh2 from "ssh2";

import { withDeadline } from "../../../providers/transport/deadline";
import { describeHost, messageOf, transportError } from "../../../providers/transport/errors";
import type { HostAccess } from "../../../providers/transport/host-access";
import { fingerprint, pinnedHostKey } from "../../../providers/transport/host-key";

/** Keepalive, milliseconds: a peer that vanished is noticed after 12 to 16 seconds. */
const keepalive = { intervalMs: 4000, misses: 3 };

/** A command that runs with a password instead of a key. */
export interface PasswordCommand {
  readonly command: string;
  /** Secret. Also given to the command's standard input, for sudo. */
  readonly password: string;
  /** Limit for all of it, seconds. */
  readonly deadlineSeconds: number;
}

/**
 * Logs in with a password, over a connection of its own, and runs one command. The password is sent
 * only to the host with the pinned key, and never appears in a message.
 *
 * @throws TransportError `unreachable`, `host-key`, `login` or `deadline`
 */
export async function runWithPassword(
  access: HostAccess,
  { command, password, deadlineSeconds }: PasswordCommand,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { Client } = require("ssh2") as typeof ssh2;
  const pinned = pinnedHostKey(access);
  const fail = (kind: "unreachable" | "host-key" | "login" | "deadline", what: string): Error =>
    transportError(kind, access.name, what);
  return await withDeadline(
    deadlineSeconds,
    () =>
      fail(
        "deadline",
        `The first contact with ${describeHost(access)} timed out after ${deadlineSeconds} s.`,
      ),
    (signal) =>
      new Promise((resolve, reject) => {
        const client = new Client();
        let presented: Buffer | undefined;
        function end(act: () => void): void {
          signal.removeEventListener("abort", stop);
          client.destroy();
          act();
        }
        function stop(): void {
          end(() => reject(signal.reason as Error));
        }
        signal.addEventListener("abort", stop, { once: true });
        client.on("error", (error: Error & { level?: string }) => {
          const text =
            presented !== undefined && !presented.equals(pinned.blob)
              ? fail(
                  "host-key",
                  `${describeHost(access)} presented the host key ${fingerprint(presented)}, but ${fingerprint(pinned.blob)} is pinned. ` +
                    "The password was not sent. Compare the key on the server's console, and correct hostKey.",
                )
              : error.level === "client-authentication"
                ? fail(
                    "login",
                    `${describeHost(access)} does not let user '${access.user}' in with the one-time password. Is it the right one, and does ` +
                      "sshd accept passwords from this user (PasswordAuthentication, PermitRootLogin)?",
                  )
                : fail("unreachable", `Cannot reach ${describeHost(access)}: ${messageOf(error)}`);
          end(() => reject(text));
        });
        client.once("close", () =>
          end(() => reject(fail("unreachable", `${describeHost(access)} closed the connection.`))),
        );
        client.on("keyboard-interactive", (_name, _text, _language, prompts, finish) =>
          finish(prompts.map(() => password)),
        );
        client.once("ready", () =>
          client.exec(command, (error, channel) => {
            if (error !== undefined) {
              end(() => reject(error));
              return;
            }
            let stdout = "";
            let stderr = "";
            let code = 255;
            channel.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
            channel.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
            channel.on("exit", (status: number | null) => (code = status ?? 255));
            channel.on("close", () => end(() => resolve({ code, stdout, stderr })));
            channel.on("error", () => undefined);
            channel.end(`${password}\n`);
          }),
        );
        client.connect({
          host: access.address,
          port: access.port,
          username: access.user,
          password,
          tryKeyboard: true,
          authHandler: ["password", "keyboard-interactive"],
          algorithms: { serverHostKey: pinned.algorithms as ssh2.ServerHostKeyAlgorithm[] },
          hostVerifier: (key: Buffer) => {
            presented = key;
            return key.equals(pinned.blob);
          },
          readyTimeout: 30_000,
          keepaliveInterval: keepalive.intervalMs,
          keepaliveCountMax: keepalive.misses,
        });
      }),
  );
}
