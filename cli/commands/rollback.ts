import type { Plan } from "../../model/plan";
import { changesOfRelease, printChanges } from "../changes";
import { confirm } from "../confirm";
import { openStack } from "../pulumi/open-stack";
import type { Stack } from "../pulumi/stack";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { notUp, readOutputs } from "../hosts/outputs";
import { loadPlan } from "../plan";
import {
  chooseRelease,
  currentRelease,
  type Release,
  releaseRows,
  shortDigest,
} from "../releases/choose-release";
import { pinsIn, withoutPins, withPin } from "../releases/pins";
import { planned, servicesOf } from "../releases/planned-service";
import { releaseServices } from "../releases/release-services";
import { editStageFile, readStageFile, stageFileName } from "../stage-file";
import { endWithJudgement } from "../status/after-run";
import { timeText } from "../status/image-text";
import { tableLines } from "../table";
import { processTerminal, type Terminal } from "../terminal";

/** Options of `hive rollback`. */
export interface RollbackOptions {
  readonly stack: string;
  readonly service: string;
  /** Beginning of a digest. */
  readonly to?: string;
  readonly list: boolean;
  /** The list as JSON. */
  readonly json: boolean;
  /** Remove the pin instead. */
  readonly release: boolean;
  readonly yes: boolean;
}

/** `hive rollback`: pins an earlier release of a service's image and rolls it out. */
export async function rollback(options: RollbackOptions): Promise<number> {
  const terminal = processTerminal();
  const plan = loadPlan(options.stack, options.list ? "names" : "build");
  const service = planned(plan, options.service);
  if (service.image.kind === "reference") {
    throw new Failure(
      `The site does not build the image of ${service.name}: write the earlier reference into site/services, and run \`npx hive deploy ${service.name}\`.`,
      exitCodes.input,
    );
  }
  const { image } = service.image;
  if (options.release) return await unpin({ ...options, image });
  const stack = await openStack(options.stack);
  if (!(await stack.exists())) throw notUp(options.stack);
  const known = readOutputs(options.stack, await stack.outputs()).images[image];
  const facts = {
    image,
    releases: known?.releases ?? [],
    reference: known?.reference ?? "",
  };
  if (options.list) {
    const table = tableLines([["release", "built", ""], ...releaseRows(facts)]).join("\n");
    terminal.print(options.json ? JSON.stringify(facts, undefined, 2) : table);
    return exitCodes.ok;
  }
  const release = chooseRelease(facts, options.to);
  const current = currentRelease(facts);
  const services = servicesOf(plan, image);
  terminal.print(
    [
      `${image} on the ${plan.stage} stage of ${plan.siteName}:`,
      ...tableLines([
        ["  in use now", current === undefined ? facts.reference : shortDigest(current.digest)],
        ["  goes back to", releaseText(release)],
        ["  rolled out", services.join(", ")],
        ["  pinned in", `${stageFileName(plan.stage)}, hive:pins: commit it`],
      ]),
    ].join("\n"),
  );
  const pin = (text: string): string => withPin(withoutPins(text, services), image, release.digest);
  await showChanges(stack, loadPlan(options.stack, "build", pin), services, terminal);
  if (!(await confirm({ text: "Go on? [y/N]" }, options.yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  editStageFile(plan.stage, pin);
  await rollOut(stack, options.stack, services, terminal);
  terminal.print(
    terminal.paint(
      "green",
      `${image} runs as ${shortDigest(release.digest)} again, and is pinned to it.`,
    ) + ` \`npx hive unpin ${image}\` removes the pin.`,
  );
  return await endWithJudgement(stack, loadPlan(options.stack, "names"), terminal);
}

/** `hive unpin`: removes a pin and rolls out what the site says. */
export async function unpin(options: {
  readonly stack: string;
  /** An image, or a service that runs it. */
  readonly image: string;
  readonly yes: boolean;
}): Promise<number> {
  const terminal = processTerminal();
  // The plan without the pin: a pin must be removable even if the site no longer has its image or
  // service.
  const plan = loadPlan(options.stack, "names", (text) => withoutPins(text, [options.image]));
  const pins = pinsIn(readStageFile(options.stack));
  const image = imageNamed(plan, options.image);
  const services = servicesOf(plan, image);
  const names = [...new Set([image, ...services])].filter((name) => name in pins);
  if (names.length === 0) {
    const list = Object.keys(pins);
    throw new Failure(
      `${options.image} is not pinned on the stage ${options.stack}.${list.length === 0 ? " No image is pinned." : ` Pinned images: ${list.join(", ")}.`}`,
      exitCodes.input,
    );
  }
  const stack = await openStack(options.stack);
  if (services.length > 0 && !(await stack.exists())) throw notUp(options.stack);
  const then =
    services.length === 0
      ? ", and rolls out nothing: no service of the site runs it."
      : ` and rolls out what the site says: ${services.join(", ")}.`;
  terminal.print(
    `Removes the pin of ${names.join(", ")} from ${stageFileName(options.stack)}${then}`,
  );
  if (services.length > 0) {
    const unpinned = loadPlan(options.stack, "build", (text) => withoutPins(text, names));
    await showChanges(stack, unpinned, services, terminal);
  }
  if (!(await confirm({ text: "Go on? [y/N]" }, options.yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  editStageFile(options.stack, (text) => withoutPins(text, names));
  if (services.length === 0) return exitCodes.ok;
  await rollOut(stack, options.stack, services, terminal);
  terminal.print(terminal.paint("green", `${image} runs as the site says.`));
  return await endWithJudgement(stack, plan, terminal);
}

/** Shows what a release with this plan will change in the services. */
async function showChanges(
  stack: Stack,
  plan: Plan,
  services: readonly string[],
  terminal: Terminal,
): Promise<void> {
  printChanges(changesOfRelease(plan, services, (await stack.state()).resources), terminal);
}

/**
 * Rolls out with the configuration as it is now. The edited file stays, even if the roll-out fails.
 */
async function rollOut(
  stack: Stack,
  stage: string,
  services: readonly string[],
  terminal: Terminal,
): Promise<void> {
  try {
    await releaseServices(stack, loadPlan(stage, "build"), services, terminal);
  } catch (error) {
    terminal.printError(
      `${stageFileName(stage)} keeps the change; the next \`npx hive up\` or \`npx hive deploy\` uses it.`,
    );
    throw error;
  }
}

function imageNamed(plan: Plan, name: string): string {
  const service = plan.services.find((candidate) => candidate.name === name);
  const isImage = plan.images.some((image) => image.name === name);
  return !isImage && service?.image.kind === "build" ? service.image.image : name;
}

/** Only the stage that built a promoted image knows when. */
function releaseText({ digest, tag, builtAt }: Release): string {
  return `${shortDigest(digest)}, ${tag === "" ? "promoted to this stage" : `built ${timeText(builtAt)}`}`;
}
