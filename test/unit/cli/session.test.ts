import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOnStack } from "../../../cli/pulumi/session";
import type { Stack } from "../../../cli/pulumi/stack";
import { plain, type Terminal } from "../../../cli/terminal";

/** A run that ends well, with these warnings of the program. */
async function warningsOf(warnings: readonly string[], unsaid?: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "hive session "));
  const printed: string[] = [];
  const terminal: Terminal = {
    live: false,
    columns: 100,
    paint: plain,
    print: () => undefined,
    printError: (text) => void printed.push(text),
    write: () => undefined,
  };
  const run = (_args: unknown, { event }: { event: (event: unknown) => void }) => {
    for (const message of warnings)
      event({ diagnosticEvent: { severity: "warning", message: `${message}\n` } });
    return Promise.resolve({ code: 0, messages: [], interrupted: false });
  };
  const stack = { folder: { logs: folder }, pulumi: { project: folder, run }, runArguments: [] };
  try {
    const options = unsaid === undefined ? [] : [{ unsaid }];
    await runOnStack(stack as unknown as Stack, ["up"], terminal, ...options);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return printed.join("\n");
}

const backups = "The service ldap asks for backups, which this version of hive does not take.";

test("warnings of a run are printed at its end", async () => {
  expect(await warningsOf([backups, "Another thing."])).toBe(
    `\nWarning:\n  ${backups}\n\nWarning:\n  Another thing.`,
  );
});

test("but not those that are not about this run, such as the plan's notices for a deploy", async () => {
  expect(await warningsOf([backups, "Another thing."], [backups])).toBe(
    "\nWarning:\n  Another thing.",
  );
  expect(await warningsOf([backups], [backups])).toBe("");
});
