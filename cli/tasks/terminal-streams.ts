import type { ExecStreams } from "./exec";

/** Standard input and output are a person's terminal. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** Standard streams of this process, with the size of its terminal. */
export function processStreams(): ExecStreams {
  const { stdin, stdout, stderr } = process;
  return {
    stdin,
    stdout,
    stderr,
    size: () => ({ rows: stdout.rows ?? 24, columns: stdout.columns ?? 80 }),
    onResize: (changed) => {
      stdout.on("resize", changed);
      return () => void stdout.off("resize", changed);
    },
  };
}

/**
 * Passes every key on to the remote side while `use` runs, even Ctrl-C, and always restores the
 * terminal.
 *
 * @param raw whether there is a terminal
 */
export async function withRawTerminal<T>(raw: boolean, use: () => Promise<T>): Promise<T> {
  if (raw) process.stdin.setRawMode(true);
  try {
    return await use();
  } finally {
    if (raw) process.stdin.setRawMode(false);
    // A pending read must not keep this process alive.
    process.stdin.pause();
    (process.stdin as { unref?: () => void }).unref?.();
  }
}
