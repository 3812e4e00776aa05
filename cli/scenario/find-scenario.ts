import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { readScenario } from "../../rehearsal/scenario/read";
import type { Scenario } from "../../rehearsal/scenario/schema";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { projectFolder } from "../project";

const folder = join(projectFolder, "rehearsal", "scenarios");

/** Names of the scenarios that ship with hive, in alphabetical order. */
export function shippedScenarios(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""))
    .sort();
}

/**
 * Reads a scenario.
 *
 * @param word - the name of one that ships, or the path of a file
 * @throws Failure when there is none; InventoryError when it is wrong
 */
export function findScenario(word: string): Scenario {
  const shipped = shippedScenarios();
  const file = shipped.includes(word) ? join(folder, `${word}.yaml`) : resolve(word);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new Failure(
      `There is no scenario ${word}: no such file, and those of hive are ${shipped.join(", ")}.`,
      exitCodes.input,
    );
  }
  return readScenario(readFileSync(file, "utf8"), word);
}
