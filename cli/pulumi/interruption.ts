import type { ChildProcess } from "node:child_process";

/** What to tell the user. */
export interface InterruptionNotes {
  /** After the first Ctrl-C. */
  first(): void;
  /** After the second one. */
  second(): void;
}

/** After the second Ctrl-C, the engine gets so long to write its state. */
const graceMs = 5000;

/**
 * One key press may arrive twice: from the terminal, and passed on by the program that started this
 * one (npm does).
 */
const sameKeyPressMs = 300;

const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Hands Ctrl-C to a running engine. The first one lets the engine finish what it has begun and
 * start nothing new; the second one makes it end at once, after which things may exist that its
 * state does not know (the next `up` finds them). What is left of the engine's processes then is
 * killed, so that none of them acts on behind our back.
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

  /** Whether the user wanted the run to end. */
  get requested(): boolean {
    return this.count > 0;
  }

  /** To be called when the engine has ended. */
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
