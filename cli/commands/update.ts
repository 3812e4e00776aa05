import { updateTime } from "../../model/stage/update-time";
import { confirm } from "../confirm";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { notUp } from "../hosts/outputs";
import { presentOutputs } from "../hosts/stage-outputs";
import { loadPlan } from "../plan";
import { openStack } from "../pulumi/open-stack";
import { editStageFile, readStageFile, stageFileName } from "../stage-file";
import { processTerminal } from "../terminal";
import { checkBaseImages } from "../update/check-base-images";
import { checkText, type UpdateCheck } from "../update/check-text";
import { intentLines } from "../update/intent";
import { ownImages } from "../update/own-images";
import { updateTimeIn, withUpdateTime } from "../update/update-time";
import { up } from "./up";

/** Options of `hive update`. */
export interface UpdateOptions {
  readonly stack: string;
  /** Only look. */
  readonly check: boolean;
  /** What was found as JSON; only with `check`. */
  readonly json: boolean;
  readonly yes: boolean;
}

/** `hive update`: renews base images, images and packages of a stage. */
export async function update(options: UpdateOptions): Promise<number> {
  const { stack: stage } = options;
  if (options.check) return await check(options);
  if (options.json)
    throw new Failure("--json shows what --check finds: give both.", exitCodes.input);
  const terminal = processTerminal();
  const edit = (text: string): string => withUpdateTime(text, updateTime(Date.now()));
  const text = edit(readStageFile(stage));
  const plan = loadPlan(stage, "build", () => text);
  const stack = await openStack(stage);
  if (!(await stack.exists())) throw notUp(stage);
  const kept = ownImages((await stack.state()).resources);
  const bases = kept.filter(({ kind }) => kind === "base").map(({ name }) => name);
  if (bases.length === 0) throw notUp(stage);
  terminal.print(intentLines(plan, bases).join("\n"));
  if (!(await confirm({ text: "Go on? [y/N]" }, options.yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  editStageFile(stage, () => text);
  try {
    return await up({ stack: stage, refresh: false, yes: true, engineArguments: [] });
  } catch (error) {
    terminal.printError(
      `${stageFileName(stage)} keeps the time of this update; the next \`npx hive up --stack ${stage}\` goes on with it.`,
    );
    throw error;
  }
}

/** `hive update --check`. */
async function check({ stack: stage, json }: UpdateOptions): Promise<number> {
  const terminal = processTerminal();
  const plan = loadPlan(stage, "show");
  const { hosts, access, ownImages: kept } = await presentOutputs(stage);
  const { name } = hosts.find(({ role }) => role === "repository") ?? {};
  const builder = access.find((each) => each.name === name);
  const bases = kept.filter(({ kind }) => kind === "base");
  if (builder === undefined || bases.length === 0) throw notUp(stage);
  const updated = updateTimeIn(readStageFile(stage));
  const found: UpdateCheck = {
    stage,
    ...(updated === undefined ? {} : { updated }),
    images: await checkBaseImages(builder, bases, plan.images),
  };
  terminal.print(json ? JSON.stringify(found, undefined, 2) : checkText(found));
  return exitCodes.ok;
}
