import { existsSync } from "node:fs";
import { join } from "node:path";
import { RehearsalError } from "./rehearsal-error";

/** The folder of the Python packages `emulator` and `runner`. */
export const cloudFolder = join(__dirname, "cloud");

/**
 * The Python with the packages of `cloud/requirements.txt`, which the toolchain installs.
 *
 * @throws RehearsalError with the remedy when it is not there
 */
export function rehearsalPython(env: NodeJS.ProcessEnv = process.env): string {
  const found = env["HIVE_REHEARSAL_PYTHON"] ?? "";
  if (found !== "" && existsSync(found)) return found;
  throw new RehearsalError(
    "The emulated cloud is not installed on this computer. Install it: node toolchain/run.mjs --ensure rehearsal -- true",
  );
}

/**
 * The environment of emulator and runner: nothing of the user's own AWS gets into it, and no proxy
 * comes between them.
 */
export function pythonEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(AWS|BOTO|MOTO|PYTHON)|_PROXY$/i.test(name),
  );
  return { ...Object.fromEntries(kept), PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" };
}
