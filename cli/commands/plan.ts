import { planTable } from "../../model/planning/plan-table";
import { exitCodes } from "../exit-codes";
import { loadPlan } from "../plan";
import { processTerminal } from "../terminal";

/** `hive plan`: prints what a stage would be, from its configuration and the site alone. */
export function plan(options: { readonly stack: string; readonly json: boolean }): number {
  const planned = loadPlan(options.stack, "show");
  processTerminal().print(
    options.json ? JSON.stringify(planned, undefined, 2) : planTable(planned),
  );
  return exitCodes.ok;
}
