import { isImageId } from "../../model/image/reference";

/** An account of a registry, as the inputs of resources have it. */
export interface RegistryAuth {
  readonly username: string;
  /** Secret. */
  readonly password: string;
}

/** An account in the words of the Engine API. */
export interface EngineAuth {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/**
 * An account as the engine wants it; dockerode sends it in a header, never in the address.
 *
 * @param image - repository or reference, whose first part names the registry. An id names none: no
 *   registry is to get the account.
 */
export function authConfig(image: string, auth: RegistryAuth | undefined): EngineAuth | undefined {
  if (auth === undefined || isImageId(image)) return undefined;
  const [serveraddress = ""] = image.split("/");
  return { username: auth.username, password: auth.password, serveraddress };
}
