import { openStack } from "../pulumi/open-stack";
import { exitCodes } from "../exit-codes";
import { notUp, readOutputs, type StageOutputs } from "../hosts/outputs";
import { rawOutputs } from "../hosts/stage-outputs";
import { tableLines } from "../table";
import { processTerminal } from "../terminal";

/** `hive outputs`: prints the outputs of a stage. */
export async function outputs(options: {
  readonly stack: string;
  readonly json: boolean;
}): Promise<number> {
  const stack = await openStack(options.stack);
  if (!(await stack.exists())) throw notUp(options.stack);
  const raw = await rawOutputs(stack);
  const read = readOutputs(options.stack, raw);
  processTerminal().print(options.json ? JSON.stringify(raw, undefined, 2) : outputsText(read));
  return exitCodes.ok;
}

function outputsText(read: StageOutputs): string {
  const services = Object.entries(read.services).map(
    ([name, { image, routes = [], endpoints, movingEndpoints }]) => [
      name,
      image,
      [...routes, ...endpoints, ...movingEndpoints.map((url) => `${url} (moves)`)].join(" "),
    ],
  );
  const moving = Object.values(read.services).some((service) => service.movingEndpoints.length > 0);
  return [
    `site      ${read.site}`,
    `stage     ${read.stage}`,
    `registry  ${read.registry?.address ?? "-"}`,
    "",
    ...tableLines([
      ["server", "role", "zone", "private", "public"],
      ...read.hosts.map((host) => [
        host.name,
        host.role,
        host.zone,
        host.privateAddress,
        host.publicAddress,
      ]),
    ]),
    ...(services.length === 0
      ? []
      : ["", ...tableLines([["service", "image", "addresses"], ...services])]),
    ...(moving
      ? ["", "(moves): only the server that runs a task answers; `npx hive status` shows which."]
      : []),
  ].join("\n");
}
