import { makeSlots, takeSlot } from "../../../../providers/transport/slots";

const never = new AbortController().signal;

/** Lets everything that is ready happen. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("no more than the given number hold a slot, and the others get one in the order in which they came", async () => {
  const slots = makeSlots(2);
  const got: number[] = [];
  const frees: (() => void)[] = [];
  for (const index of [0, 1, 2, 3]) {
    void takeSlot(slots, never).then((free) => {
      got.push(index);
      frees.push(free);
    });
  }
  await settle();
  expect(got).toEqual([0, 1]);
  frees[1]?.();
  await settle();
  expect(got).toEqual([0, 1, 2]);
  frees[0]?.();
  await settle();
  expect(got).toEqual([0, 1, 2, 3]);
});

test("giving a slot back twice gives back one", async () => {
  const slots = makeSlots(1);
  const free = await takeSlot(slots, never);
  free();
  free();
  expect(slots.free).toBe(1);
});

test("who gives up waiting loses nobody's slot", async () => {
  const slots = makeSlots(1);
  const free = await takeSlot(slots, never);
  const impatient = new AbortController();
  const waiting = takeSlot(slots, impatient.signal);
  impatient.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  free();
  await expect(takeSlot(slots, never)).resolves.toBeInstanceOf(Function);
});

test("a slot that is handed over in the moment in which its taker gives up goes to the next", async () => {
  const slots = makeSlots(1);
  const free = await takeSlot(slots, never);
  const impatient = new AbortController();
  const waiting = takeSlot(slots, impatient.signal);
  const next = takeSlot(slots, never);
  impatient.abort(new Error("enough"));
  free();
  await expect(waiting).rejects.toThrow("enough");
  await expect(next).resolves.toBeInstanceOf(Function);
});
