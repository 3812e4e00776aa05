import type { Plan, ServicePlan } from "../../model/plan";
import { changesOfRelease, printChanges } from "../changes";
import { deploymentReach, othersOfImage } from "../releases/deployment-reach";
import { planned } from "../releases/planned-service";
import { releaseServices } from "../releases/release-services";
import { confirm } from "../confirm";
import { openStack } from "../pulumi/open-stack";
import { exitCodes } from "../exit-codes";
import { notUp, readOutputs } from "../hosts/outputs";
import { loadPlan } from "../plan";
import { endWithJudgement } from "../status/after-run";
import { shortImage } from "../status/image-text";
import { processTerminal } from "../terminal";

/** `hive deploy`: builds, pushes and rolls out one service, with others of the same image. */
export async function deploy(options: {
  readonly stack: string;
  readonly service: string;
  /** Leave out other services of the same image. */
  readonly only: boolean;
  readonly yes: boolean;
}): Promise<number> {
  const terminal = processTerminal();
  const plan = loadPlan(options.stack, "build");
  const service = planned(plan, options.service);
  const stack = await openStack(options.stack);
  if (!(await stack.exists())) throw notUp(options.stack);
  // Only then it matters what the stage has.
  const isShared = othersOfImage(plan, service.name).length > 0;
  const outputsBefore = isShared ? readOutputs(options.stack, await stack.outputs()) : undefined;
  const deployed = Object.keys(outputsBefore?.services ?? {});
  const { services, notes } = deploymentReach(plan, service.name, deployed, options.only);
  const headline = `${whatIsDone(plan, service.image)} ${services.join(", ")} on the ${plan.stage} stage of ${plan.siteName}, nothing else.`;
  terminal.print([headline, ...notes].join("\n"));
  printChanges(changesOfRelease(plan, services, (await stack.state()).resources), terminal);
  if (!(await confirm({ text: "Go on? [y/N]" }, options.yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  const outputs = await releaseServices(stack, plan, services, terminal);
  for (const name of services) {
    const running = outputs.services[name];
    terminal.print(
      terminal.paint("green", `${name} runs ${running?.image ?? "as the site says"}.`),
    );
  }
  return await endWithJudgement(stack, plan, terminal);
}

/**
 * What happens to the image: hive does not build a pinned image, or one that the stage only pulls.
 */
function whatIsDone({ images }: Plan, image: ServicePlan["image"]): string {
  if (image.kind !== "build") return "Rolls out";
  const pullFrom = images.find(({ name }) => name === image.image)?.pullFrom;
  return pullFrom === undefined
    ? "Builds and rolls out"
    : `Takes ${shortImage(pullFrom)} as it is and rolls out`;
}
