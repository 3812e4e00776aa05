import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { recoveryOf } from "../../fleet/recoveries";
import { type Phase, phases, phasesThrough } from "../../model/phases";
import type { Plan } from "../../model/plan";
import { changesOfRun, printChanges } from "../changes";
import { ipvsWarnings, missingIpvs, missingIpvsOnServers } from "../ipvs";
import { readFromProject } from "../../providers/project-lookup";
import { confirm } from "../confirm";
import { demoLogin, peopleFile } from "../demo-login";
import { finishRest } from "../pulumi/finish-rest";
import { withoutOneTimePasswords } from "../pulumi/one-time-passwords";
import { openStack } from "../pulumi/open-stack";
import { recover } from "../pulumi/recovery";
import { RunFailure, runOnStack } from "../pulumi/session";
import type { Stack } from "../pulumi/stack";
import type { StateResource } from "../pulumi/state";
import { exitCodes } from "../exit-codes";
import { requireSameRoles, tooManyAbsent } from "../hosts/absent";
import { fetchStageKey } from "../hosts/stage-key";
import { rememberNames } from "../hosts/known-names";
import { readOutputs } from "../hosts/outputs";
import { requireManagers } from "../hosts/redundancy";
import { loadPlan } from "../plan";
import { projectFolder } from "../project";
import { countsText } from "../progress/view";
import { totalCounts } from "../progress/progress";
import { exitCodeOf, judgeAfterRun } from "../status/after-run";
import { summaryText } from "../summary";
import { processTerminal, type Terminal } from "../terminal";
import { needsLocalRenewal, renewLocalBaseImages } from "../update/renew-local";

/** Options of `hive up`. */
export interface UpOptions {
  readonly stack: string;
  readonly throughPhase?: Phase;
  readonly refresh: boolean;
  readonly yes: boolean;
  /** Passed to `pulumi up` as they are. */
  readonly engineArguments: readonly string[];
}

/** What another command does in the course of a run. */
export interface UpSteps {
  /** When all checks have passed, and before Pulumi starts. */
  readonly beforeRun?: () => Promise<void>;
  /** When Pulumi has succeeded, and before the stage is judged. */
  readonly afterRun?: () => Promise<void>;
}

/** `hive up`: brings a stage up, or makes it match the project again. */
export async function up(options: UpOptions, steps: UpSteps = {}): Promise<number> {
  const terminal = processTerminal();
  const plan = loadPlan(options.stack, "build");
  const stack = await openStack(options.stack);
  const fleet = recoveryOf(plan);
  terminal.print(intent(plan));
  const { throughPhase } = options;
  const covered =
    throughPhase === undefined ? plan : { ...plan, phases: phasesThrough(throughPhase) };
  const showChanges = (resources: readonly StateResource[]): void =>
    printChanges(changesOfRun(covered, resources), terminal);
  const unreachable = await missingIpvs(covered, fleet);
  if (unreachable !== undefined) terminal.print(terminal.paint("yellow", unreachable));
  if (!options.yes) showChanges((await stack.exists()) ? (await stack.state()).resources : []);
  if (!(await confirm({ text: "Go on? [y/N]" }, options.yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  const overrides: Readonly<Record<string, string>> =
    options.throughPhase === undefined ? {} : { "hive:throughPhase": options.throughPhase };
  await stack.ensure(overrides);
  const { gone, unsure, resources } = await recover(stack, fleet, (text) => terminal.print(text));
  await fetchStageKey(stack, resources);
  requireSameRoles(resources, plan.hosts);
  if (options.yes) showChanges(resources);
  const onServers =
    fleet === undefined ? await missingIpvsOnServers(covered, resources) : undefined;
  if (onServers !== undefined) terminal.print(terminal.paint("yellow", onServers));
  // Before anything can end the run: the next run would not know that it has to refresh these.
  if (!options.refresh) await stack.refreshResources([...gone, ...unsure]);
  // The program checks this again; here it is cheap, and the message is not wrapped by Pulumi.
  const servers = (await fleet?.requiredServers(plan)) ?? [];
  if (servers.length > 0) await requireManagers(stack, servers, resources);
  if (plan.updated !== undefined && needsLocalRenewal(plan, resources))
    renewLocalBaseImages(plan.updated);
  await steps.beforeRun?.();
  const refresh = options.refresh ? ["--refresh"] : [];
  const run = await runOnStack(
    stack,
    ["up", "--yes", "--skip-preview", ...refresh, ...options.engineArguments],
    terminal,
    { unsaid: ipvsWarnings(plan) },
  ).catch(async (error: unknown) => {
    // With arguments for Pulumi, the user decides what the run does.
    const whole = options.engineArguments.length === 0;
    throw whole && error instanceof RunFailure
      ? await finishRest(stack, error, resources, terminal, [
          ...plan.notices,
          ...ipvsWarnings(plan),
        ])
      : error;
  });
  await steps.afterRun?.();
  // With arguments for Pulumi, the run may have skipped servers that still need their password.
  if (options.engineArguments.length === 0)
    await forgetPasswords(plan, { stack, overrides, terminal });
  const raw = await stack.outputs();
  if (Object.keys(raw).length === 0) {
    terminal.print(`\nDone: ${countsText(totalCounts(run.progress))}.`);
    return exitCodes.ok;
  }
  const last = phases.at(-1);
  const through = options.throughPhase ?? plan.phases.at(-1);
  // What a run stops before is missing by intent.
  const judgement = through === last ? await judgeAfterRun(stack, plan) : undefined;
  const outputs = judgement?.outputs ?? readOutputs(options.stack, raw);
  rememberNames(outputs);
  const facts = {
    ...run,
    outputs,
    report: judgement?.report,
    throughPhase: through === last ? undefined : through,
    demoLogin:
      through === last
        ? demoLogin(outputs, readFromProject(projectFolder)(peopleFile)?.toString())
        : undefined,
  };
  terminal.print(`\n${summaryText(facts, terminal.paint)}`);
  const failure = tooManyAbsent(outputs);
  if (failure !== undefined) throw failure;
  return judgement === undefined ? exitCodes.ok : exitCodeOf(judgement.report);
}

/**
 * Removes the passwords of the first contact once the servers have their admin user: from the
 * stage's file, and from the state by a second run, which finds nothing else to do.
 */
async function forgetPasswords(
  plan: Plan,
  run: {
    readonly stack: Stack;
    readonly overrides: Readonly<Record<string, string>>;
    readonly terminal: Terminal;
  },
): Promise<void> {
  if (plan.oneTimePasswords === undefined) return;
  const { stack, overrides, terminal } = run;
  const file = stack.committedFile;
  writeFileSync(file, withoutOneTimePasswords(readFileSync(file, "utf8")));
  terminal.print(
    `The one-time passwords of ${plan.oneTimePasswords.join(", ")} were used; they are removed from ${basename(file)} and from the state.`,
  );
  await stack.ensure(overrides);
  await runOnStack(stack, ["up", "--yes", "--skip-preview"], terminal, { unsaid: plan.notices });
}

function intent({ stage, siteName, hosts, services }: Plan): string {
  const count = (number: number, word: string): string =>
    `${number} ${word}${number === 1 ? "" : "s"}`;
  return `The ${stage} stage of ${siteName}: ${count(hosts.length, "server")}, ${count(services.length, "service")}.`;
}
