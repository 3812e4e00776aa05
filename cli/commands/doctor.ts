import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { exitCodes } from "../exit-codes";
import { projectFolder } from "../project";

/** `hive doctor`: runs the toolchain's check of this computer. */
export function doctor({ json }: { readonly json: boolean }): number {
  const script = join(projectFolder, "toolchain", "doctor.mjs");
  const { status } = spawnSync(process.execPath, [script, ...(json ? ["--json"] : [])], {
    stdio: "inherit",
  });
  return status ?? exitCodes.failed;
}
