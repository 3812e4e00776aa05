import { reportProgress } from "./progress-line";

/** Reports the progress of long work, at a rate that a person can read. */
export interface SteadyProgress {
  /**
   * Takes the current state. It is reported at once if nothing was reported for a while; else the
   * newest one is reported when the interval is over.
   */
  say(text: string): void;
  /** Ends the reports and drops what waits. Always call it: a timer may be running. */
  end(): void;
}

/** Least time between two lines, milliseconds. */
const INTERVAL_MS = 2000;
const WIDTH = 160;

/**
 * @param about - subject of the lines, e.g. `image portal`
 * @param report - for tests
 */
export function steadyProgress(
  about: string,
  report: (text: string) => void = reportProgress,
): SteadyProgress {
  let last = 0;
  let shown = "";
  let waiting: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    if (waiting === undefined || waiting === shown) return;
    shown = waiting;
    waiting = undefined;
    last = Date.now();
    report(shown.length > WIDTH ? `${shown.slice(0, WIDTH - 1)}…` : shown);
  };
  return {
    say(text) {
      waiting = `${about}: ${text}`;
      if (timer !== undefined) return;
      const wait = last + INTERVAL_MS - Date.now();
      if (wait <= 0) flush();
      else timer = setTimeout(flush, wait);
    },
    end() {
      clearTimeout(timer);
      timer = undefined;
      waiting = undefined;
    },
  };
}
