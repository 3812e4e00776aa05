import { recoveryOf } from "../../fleet/recoveries";
import { changesOfRun, printChanges } from "../changes";
import { exitCodes } from "../exit-codes";
import { missingIpvs } from "../ipvs";
import { loadPlan } from "../plan";
import { openStack } from "../pulumi/open-stack";
import { processTerminal } from "../terminal";

/** `hive preview`: what `hive up` would change, from the state and the site's files. */
export async function preview(options: {
  readonly stack: string;
  readonly json: boolean;
}): Promise<number> {
  const terminal = processTerminal();
  const plan = loadPlan(options.stack, "build");
  const stack = await openStack(options.stack);
  const resources = (await stack.exists()) ? (await stack.state()).resources : [];
  const found = changesOfRun(plan, resources);
  const warning = await missingIpvs(plan, recoveryOf(plan));
  const warnings = warning === undefined ? [] : [warning];
  if (!options.json) {
    for (const text of warnings) terminal.print(terminal.paint("yellow", text));
    printChanges(found, terminal);
  } else {
    const { comparedWith, changes, lines } = found;
    const texts = lines.map(({ text }) => text);
    terminal.print(
      JSON.stringify(
        { stage: plan.stage, comparedWith, changes, lines: texts, warnings },
        undefined,
        2,
      ),
    );
  }
  return exitCodes.ok;
}
