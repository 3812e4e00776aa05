import type * as ssh2 from "ssh2";
import type { OperatorPlan, StageName } from "../model/plan";
import { stageFile } from "../model/stage/check-stage";
import { withDeadline } from "../providers/transport/deadline";
import { messageOf } from "../providers/transport/errors";
import { type LoginKey, operatorKeys } from "../providers/transport/operator-key";
import { FleetError } from "./fleet-error";

/** Operators whom the servers of a stage let in. */
export interface StageAccess {
  readonly stage: StageName;
  /** Empty: the holder of the stage's generated key. */
  readonly operators: readonly OperatorPlan[];
}

/** Limit for an SSH agent, seconds: it answers at once, or it hangs. */
const agentSeconds = 3;

/**
 * Compares this computer's SSH keys with the operators of a stage. A stage without operators has a
 * key of its own, which comes from the state.
 *
 * @returns the reason why a run from here would fail; undefined when a login can succeed. A preview
 *   needs no login
 */
export async function ownKeyFault({ stage, operators }: StageAccess): Promise<string | undefined> {
  if (operators.length === 0) return undefined;
  let keys: readonly LoginKey[];
  try {
    keys = await operatorKeys(stage);
  } catch (error) {
    return `This computer cannot log in on the servers: ${messageOf(error)}`;
  }
  if (keys.length === 0) {
    return (
      `This computer has no SSH key for the servers of the stage ${stage}. Set HIVE_SSH_KEY to the file of your private key, ` +
      "or add the key to an SSH agent (ssh-add)."
    );
  }
  const known = await Promise.all(keys.map(async ({ login }) => await publicKeys(login)));
  // A login with an agent that does not answer fails too. If it is the only key, it may be back
  // before it is needed.
  if (known.every((each) => each === undefined)) return undefined;
  return isAmong(operators, new Set(known.flatMap((each) => each ?? [])))
    ? undefined
    : `No key of this computer (${keys.map(({ source }) => source).join(", ")}) is one of the operators of the stage: ` +
        `${operators.map(({ name }) => name).join(", ")}. The servers refuse this computer, or this run would lock it out. Add your public key to ` +
        `hive:operators in ${stageFile(stage)}, or use the key of one of them.`;
}

/** @throws FleetError with the fault of {@link ownKeyFault} */
export async function requireOwnKey(access: StageAccess): Promise<void> {
  const fault = await ownKeyFault(access);
  if (fault !== undefined) throw new FleetError(`${fault} Nothing was changed.`);
}

function isAmong(operators: readonly OperatorPlan[], keys: ReadonlySet<string>): boolean {
  return operators.some(({ publicKey }) => keys.has(publicKey));
}

/** Public halves, `ssh-ed25519 AAAA…`; undefined when an agent does not answer. */
async function publicKeys(login: LoginKey["login"]): Promise<readonly string[] | undefined> {
  const { createAgent, utils } = require("ssh2") as typeof ssh2;
  if ("privateKey" in login) {
    const parsed = utils.parseKey(login.privateKey);
    return parsed instanceof Error ? [] : [publicText(parsed)];
  }
  try {
    return await withDeadline(
      agentSeconds,
      () => new Error("the agent does not answer"),
      async () =>
        await new Promise<string[]>((resolve, reject) => {
          createAgent(login.agent).getIdentities((error, keys = []) => {
            if (error) reject(error);
            else resolve(keys.map((key) => publicText(utils.parseKey(key as Buffer))));
          });
        }),
    );
  } catch {
    return undefined;
  }
}

function publicText(key: ssh2.ParsedKey | Error): string {
  return key instanceof Error ? "" : `${key.type} ${key.getPublicSSH().toString("base64")}`;
}
