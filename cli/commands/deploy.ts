import type { Plan, ServicePlan } from "../../model/plan";
import { planned } from "../releases/planned-service";
import { releaseServices } from "../releases/release-services";
import { confirm } from "../confirm";
import { openStack } from "../pulumi/open-stack";
import { exitCodes } from "../exit-codes";
import { notUp } from "../hosts/outputs";
import { loadPlan } from "../plan";
import { shortImage } from "../status/image-text";
import { processTerminal } from "../terminal";

/** `hive deploy`: builds, pushes and rolls out one service. */
export async function deploy(options: {
  readonly stack: string;
  readonly service: string;
  readonly yes: boolean;
}): Promise<number> {
  const terminal = processTerminal();
  const plan = loadPlan(options.stack, "build");
  const service = planned(plan, options.service);
  const stack = await openStack(options.stack);
  if (!(await stack.exists())) throw notUp(options.stack);
  terminal.print(
    `${whatIsDone(plan, service.image)} ${service.name} on the ${plan.stage} stage of ${plan.siteName}, nothing else.`,
  );
  if (!(await confirm({ text: "Go on? [y/N]" }, options.yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  const outputs = await releaseServices(stack, plan, [service.name], terminal);
  const running = outputs.services[service.name];
  terminal.print(
    terminal.paint("green", `${service.name} runs ${running?.image ?? "as the site says"}.`),
  );
  return exitCodes.ok;
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
