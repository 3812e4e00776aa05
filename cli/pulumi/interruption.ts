import type { ChildProcess } from "node:child_process";

/** Messages to the user. */
export interface InterruptionNotes {
  /** After the first Ctrl-C. */
  first(): void;
  /** After the second one. */
  second(): void;
}

/** How long Pulumi may take to write its state after the second Ctrl-C. */
const graceMs = 5000;

/**
 * One key press may arrive twice: from the terminal, and from the program that started this one
 * (npm passes it on).
 */
const sameKeyPressMs = 300;

const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Passes Ctrl-C on to Pulumi. After the first one, Pulumi finishes the steps that are running and
 * starts no new ones. The second one stops it at once; objects may then exist that the state does
 * not have (the next `up` finds them). Processes of Pulumi that are left are killed, so that none
 * of them continues in secret.
 */
export class Interruption {
  private count = 0;
  private last = -Infinity;
  private kill: NodeJS.Timeout | undefined;
  private readonly handler = (): void => this.interrupt();

  constructor(
    private readonly child: ChildProcess,
    private readonly notes: InterruptionNotes,
  ) {
    for (const signal of signals) process.on(signal, this.handler);
  }

  /** Whether the user interrupted the run. */
  get requested(): boolean {
    return this.count > 0;
  }

  /** To be called when Pulumi has ended. */
  finish(): void {
    for (const signal of signals) process.off(signal, this.handler);
    clearTimeout(this.kill);
    if (this.requested) this.killGroup();
  }

  private interrupt(): void {
    const now = performance.now();
    if (now - this.last < sameKeyPressMs) return;
    this.last = now;
    this.count += 1;
    if (this.count > 2) return;
    this.child.kill("SIGINT");
    if (this.count === 1) return this.notes.first();
    this.notes.second();
    this.kill = setTimeout(() => this.killGroup(), graceMs);
  }

  private killGroup(): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // Nothing of it is left.
    }
  }
}
