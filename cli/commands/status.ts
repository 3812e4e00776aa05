import type { Plan } from "../../model/plan";
import { exitCodes } from "../exit-codes";
import { presentOutputs } from "../hosts/stage-outputs";
import { collectStatus } from "../status/collect";
import { loadPlan } from "../plan";
import { statusText } from "../status/status-text";
import { processTerminal } from "../terminal";

/** `hive status`: asks the hosts of a stage for their state. */
export async function status(options: {
  readonly stack: string;
  readonly json: boolean;
}): Promise<number> {
  const terminal = processTerminal();
  const report = await collectStatus(await presentOutputs(options.stack), planOf(options.stack));
  terminal.print(
    options.json
      ? JSON.stringify(report, undefined, 2)
      : statusText(report, terminal.paint, Date.now()),
  );
  return report.problems.length === 0 ? exitCodes.ok : exitCodes.failed;
}

/**
 * The plan of a stage; undefined if the site has errors: `status` must work while somebody edits
 * it.
 */
function planOf(stack: string): Plan | undefined {
  try {
    return loadPlan(stack, "names");
  } catch {
    return undefined;
  }
}
