import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { hold } from "../../e2e/computer";

const folder = mkdtempSync(join(tmpdir(), "hive-computer-"));
const lock = join(folder, "lock");
afterAll(() => rmSync(folder, { recursive: true }));

/** Asks for the computer and notes when it is had. */
function ask(kind: "shared" | "alone", had: string[], name: string): Promise<() => Promise<void>> {
  return hold(kind, lock).then((giveBack) => {
    had.push(name);
    return giveBack;
  });
}
const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

test("stages under test share the computer; who needs it alone waits for them, and they for it", async () => {
  const had: string[] = [];
  const first = await ask("shared", had, "first");
  const second = await ask("shared", had, "second");
  const alone = ask("alone", had, "alone");
  await aMoment();
  // Asked for later: it may not come between.
  const third = ask("shared", had, "third");
  await aMoment();
  expect(had).toEqual(["first", "second"]);
  await Promise.all([first(), second()]);
  const giveBack = await alone;
  await aMoment();
  expect(had).toEqual(["first", "second", "alone"]);
  await giveBack();
  await (
    await third
  )();
  expect(had).toEqual(["first", "second", "alone", "third"]);
});

test("a lock that cannot be had is an error that names it", async () => {
  const missing = join(folder, "nowhere", "lock");
  await expect(hold("shared", missing)).rejects.toThrow(/No lock .*lock: .*(nonexistent|No such)/);
});
