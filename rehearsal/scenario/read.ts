import { type Document, LineCounter, parseDocument } from "yaml";
import { InventoryError } from "../../model/problem/problems";
import { check, pathText } from "../../model/schema/check";
import { type Scenario, scenarioSchema } from "./schema";

/**
 * Reads a scenario file. Pure.
 *
 * @param text - of the file
 * @param file - its name, for problems
 * @throws InventoryError with everything that is wrong: path, value, remedy
 */
export function readScenario(text: string, file: string): Scenario {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw notYaml(`${file}: line ${line}, column ${col}`, error);
  }
  const locate = (path: readonly PropertyKey[]): string =>
    path.length === 0 ? file : `${file}: ${pathText(path)}`;
  const checked = check(scenarioSchema, valueOf(document, file), { locate });
  if (!checked.ok) throw new InventoryError(checked.problems);
  return checked.value;
}

/** Aliases are followed only now: one without an anchor, or far too many, are found here. */
function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw notYaml(file, error);
  }
}

function notYaml(path: string, error: unknown): InventoryError {
  const message = `is not YAML: ${error instanceof Error ? error.message : String(error)}`;
  const remedy = "write it as the scenarios in rehearsal/scenarios are written";
  return new InventoryError([{ path, message, remedy }]);
}
