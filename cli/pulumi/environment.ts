import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { loadModule } from "../load-module";
import { hiveHome, projectFolder } from "../project";

/** The used part of `toolchain/environment.mjs`. */
interface EnvironmentModule {
  readonly projectEnvironment: (options: { env: NodeJS.ProcessEnv }) => Promise<NodeJS.ProcessEnv>;
}

/** The used part of `toolchain/mechanics/step-error.mjs`. */
interface StepErrorModule {
  readonly explain: (error: unknown) => string[];
}

/**
 * The environment that Pulumi runs in: its CLI and plugins, the backend, the passphrase. The
 * caller's environment wins.
 *
 * @throws Failure with exit code 3 when the state's passphrase is lost
 */
export async function pulumiEnvironment(): Promise<NodeJS.ProcessEnv> {
  const { projectEnvironment } = (await toolchain("environment.mjs")) as EnvironmentModule;
  // The program resolves a relative path from the project, but the user means it from the current
  // folder.
  const given =
    process.env["HIVE_HOME"] === undefined
      ? process.env
      : { ...process.env, HIVE_HOME: hiveHome() };
  try {
    const env = await projectEnvironment({ env: given });
    // This process asks the same Docker Engine as Pulumi's plugins.
    if (env["DOCKER_HOST"] !== undefined) process.env["DOCKER_HOST"] = env["DOCKER_HOST"];
    return env;
  } catch (error) {
    const { explain } = (await toolchain("mechanics/step-error.mjs")) as StepErrorModule;
    throw new Failure(explain(error).join("\n"), exitCodes.prerequisite);
  }
}

async function toolchain(file: string): Promise<unknown> {
  return await loadModule(pathToFileURL(join(projectFolder, "toolchain", file)).href);
}
