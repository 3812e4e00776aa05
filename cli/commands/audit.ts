import type { Plan } from "../../model/plan";
import { auditText } from "../audit/audit-text";
import { collectAudit } from "../audit/collect";
import { judgeAudit } from "../audit/judge";
import { exitCodes } from "../exit-codes";
import { presentOutputs } from "../hosts/stage-outputs";
import { loadPlan } from "../plan";
import { processTerminal } from "../terminal";

/** `hive audit`: checks a running stage against docs/security.md. */
export async function audit(options: {
  readonly stack: string;
  readonly json: boolean;
}): Promise<number> {
  const terminal = processTerminal();
  const outputs = await presentOutputs(options.stack);
  const facts = await collectAudit(outputs, planOf(options.stack));
  const report = judgeAudit(facts, Date.now());
  terminal.print(
    options.json ? JSON.stringify(report, undefined, 2) : auditText(report, terminal.paint),
  );
  return report.findings.length === 0 ? exitCodes.ok : exitCodes.failed;
}

/** The plan of a stage; undefined if the site has errors: an audit must work in any case. */
function planOf(stack: string): Plan | undefined {
  try {
    return loadPlan(stack, "names");
  } catch {
    return undefined;
  }
}
