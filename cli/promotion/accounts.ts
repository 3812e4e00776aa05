import { pulumiFailure, type Stack } from "../pulumi/stack";
import { readState, type StackState } from "../pulumi/state";
import { Failure } from "../failure";

/** An account of a stage's registry. */
export interface RegistryAccount {
  readonly username: "push" | "pull";
  readonly password: string;
}

/**
 * Reads an account of a stage's registry from the stack's state, where its password is a secret. It
 * is held in memory only: never print it.
 *
 * @throws Failure when the stage has no registry yet, or the state cannot be decrypted
 */
export async function registryAccount(
  stack: Stack,
  username: RegistryAccount["username"],
): Promise<RegistryAccount> {
  const { code, stdout, stderr } = await stack.pulumi.ask(
    ["stack", "export", "--show-secrets", "--stack", stack.stage],
    { cwd: stack.isLocal ? stack.folder.workFolder : stack.pulumi.project },
  );
  if (code !== 0)
    throw pulumiFailure(`The state of the stage ${stack.stage} could not be read.`, stderr);
  return accountIn(stack.stage, readState(stdout), username);
}

/** Finds an account in a state with readable secrets. */
export function accountIn(
  stage: string,
  { resources }: StackState,
  username: RegistryAccount["username"],
): RegistryAccount {
  const found = resources.find(
    ({ type, urn }) =>
      type === "random:index/randomPassword:RandomPassword" &&
      urn.endsWith(`::repository-registry-${username}-password`),
  );
  const password = plaintext(found?.outputs["result"]);
  if (password !== undefined) return { username, password };
  throw new Failure(
    `The state of the stage ${stage} has no account ${username} for its registry.\nBring it up with \`npx hive up --stack ${stage}\`.`,
  );
}

/** A secret in an export with `--show-secrets`: an object with the value as JSON. */
function plaintext(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  const text = (value as { plaintext?: unknown } | null | undefined)?.plaintext;
  if (typeof text !== "string") return undefined;
  try {
    return plaintext(JSON.parse(text));
  } catch {
    return undefined;
  }
}
