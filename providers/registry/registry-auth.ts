import { isImageId } from "../../model/image/reference";

/** A registry account, as an input of resources. */
export interface RegistryAuth {
  readonly username: string;
  /** Secret. */
  readonly password: string;
}

/** An account in the Engine API's format. */
export interface EngineAuth {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/**
 * An account as the Docker Engine expects it; dockerode sends it in a header, never in the address.
 *
 * @param image - repository or reference, whose first part names the registry. An id names no
 *   registry: then no registry gets the account.
 */
export function authConfig(image: string, auth: RegistryAuth | undefined): EngineAuth | undefined {
  if (auth === undefined || isImageId(image)) return undefined;
  const [serveraddress = ""] = image.split("/");
  return { username: auth.username, password: auth.password, serveraddress };
}
