import { exitCodes } from "../exit-codes";
import { stageOutputs } from "../hosts/stage-outputs";
import { collectStatus } from "../status/collect";
import { statusText } from "../status/status-text";
import { processTerminal } from "../terminal";

/** `hive status`: how a stage is, asked from its hosts. */
export async function status(options: {
  readonly stack: string;
  readonly json: boolean;
}): Promise<number> {
  const terminal = processTerminal();
  const report = await collectStatus(await stageOutputs(options.stack));
  terminal.print(
    options.json ? JSON.stringify(report, undefined, 2) : statusText(report, terminal.paint),
  );
  return report.problems.length === 0 ? exitCodes.ok : exitCodes.failed;
}
