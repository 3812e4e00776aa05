import { reportProgress } from "./progress-line";

/** Tells how long work goes on, as often as a person reads it. */
export interface SteadyProgress {
  /**
   * What is going on now. Reported at once if nothing was for a while, else the newest one when it
   * is time.
   */
  say(text: string): void;
  /** Nothing more will be said; what waits is dropped. Always call it, a timer may be running. */
  end(): void;
}

/** Least time between two lines, milliseconds. */
const INTERVAL_MS = 2000;
const WIDTH = 160;

/**
 * @param about - what the lines are about, e.g. `image webgate`
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
