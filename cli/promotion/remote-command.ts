import type { ClientChannel } from "ssh2";
import type { HostAccess } from "../../providers/transport/host-access";
import { withHost } from "../../providers/transport/pool";

/** A command on a host, while it runs. */
export interface RemoteCommand {
  /** Readable: its standard output. Writable: its standard input. Bytes, with back pressure. */
  readonly channel: ClientChannel;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>;
  /** Ends it early. */
  readonly stop: () => void;
}

/** How much of a command's standard error is kept, bytes. */
const stderrLimit = 4096;

/**
 * Runs a command whose input and output are too large for memory: `runCommand` keeps all output as
 * text.
 *
 * @param command a shell command; never contains a secret
 */
export async function withRemoteCommand<T>(
  access: HostAccess,
  command: string,
  signal: AbortSignal,
  use: (running: RemoteCommand) => Promise<T>,
): Promise<T> {
  return await withHost(
    access,
    async (host) => {
      const { channel, free } = await host.channel((client, done) => client.exec(command, done));
      const running = watch(channel);
      signal.addEventListener("abort", running.stop, { once: true });
      try {
        return await use(running);
      } finally {
        signal.removeEventListener("abort", running.stop);
        free();
      }
    },
    { signal },
  );
}

function watch(channel: ClientChannel): RemoteCommand {
  let stderr = "";
  channel.stderr.on("data", (chunk: Buffer) => {
    if (stderr.length < stderrLimit) stderr += chunk.toString("utf8");
  });
  // A command may close its input early; its exit code shows what happened.
  channel.on("error", () => undefined);
  return {
    channel,
    ended: new Promise((resolve) =>
      channel.once("close", (code?: number | null) => resolve({ code: code ?? 255, stderr })),
    ),
    stop: () => {
      channel.signal("TERM");
      channel.destroy();
    },
  };
}
