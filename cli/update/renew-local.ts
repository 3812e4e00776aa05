import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Plan } from "../../model/plan";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { projectFolder } from "../project";
import type { StateResource } from "../pulumi/state";
import { ownImages } from "./own-images";

/**
 * Whether a run must get base images again on this computer's Docker Engine, because a stage that
 * takes them from there asks for an update that no run has made. Pure.
 */
export function needsLocalRenewal(
  { updated, traits }: Pick<Plan, "updated" | "traits">,
  resources: readonly Pick<StateResource, "type" | "inputs" | "outputs">[],
): boolean {
  if (updated === undefined || traits.baseImages !== "local") return false;
  const bases = ownImages(resources).filter(({ kind }) => kind === "base");
  return bases.length === 0 || bases.some((image) => image.updated !== updated);
}

/**
 * Gets the base images of this computer's Docker Engine again, unless that was done for this
 * update. Shows its progress.
 *
 * @throws Failure if that does not succeed; nothing of the stage was changed then
 */
export function renewLocalBaseImages(updated: string): void {
  const script = join(projectFolder, "toolchain", "renew-base-images.mjs");
  // On standard error: the output of a command may be read by a program.
  const { status } = spawnSync(process.execPath, [script, updated], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status === 0) return;
  if (status === 130) throw new Failure("Interrupted.", exitCodes.interrupted);
  throw new Failure(
    "The base images of this computer could not be renewed, see above. The stage was not changed: run again, or take hive:updated back.",
    exitCodes.prerequisite,
  );
}
