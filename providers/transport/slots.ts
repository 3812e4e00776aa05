import { abortable } from "./deadline";

/**
 * A limit on parallel work. Plain data, so that copies of this code can share it.
 */
export interface Slots {
  /** Number of free slots. */
  free: number;
  /** The waiting callers, first come first served. */
  readonly waiting: (() => void)[];
}

/** `count` free slots. */
export function makeSlots(count: number): Slots {
  return { free: count, waiting: [] };
}

/**
 * Waits for a slot and takes it.
 *
 * @returns a function that gives the slot back; calling it again does nothing
 * @throws the signal's reason, if that is aborted first
 */
export async function takeSlot(slots: Slots, signal: AbortSignal): Promise<() => void> {
  signal.throwIfAborted();
  if (slots.free > 0) {
    slots.free--;
  } else {
    let mine = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      mine = resolve;
      slots.waiting.push(mine);
    });
    try {
      await abortable(turn, signal);
    } catch (error) {
      const place = slots.waiting.indexOf(mine);
      if (place >= 0) {
        slots.waiting.splice(place, 1);
      } else {
        // The slot was handed over at the same moment: pass it on.
        giveBack(slots);
      }
      throw error;
    }
  }
  let held = true;
  return () => {
    if (held) {
      held = false;
      giveBack(slots);
    }
  };
}

/** Gives a slot to the next in line, or frees it. */
function giveBack(slots: Slots): void {
  const next = slots.waiting.shift();
  if (next === undefined) {
    slots.free++;
  } else {
    next();
  }
}
