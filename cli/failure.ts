import { exitCodes } from "./exit-codes";

/** An error for the user's eyes: printed without a stack trace, and turned into the exit code. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: number;

  /**
   * @param message what is wrong, where, and what to do; several lines are fine. Never contains a
   *   secret
   * @param exitCode default {@link exitCodes.failed}
   */
  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What to print for anything thrown, and which exit code it means. */
export interface FailureReport {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Errors whose message is written for the user, recognized by name: the classes are in other rooms.
 */
const readable: Readonly<Record<string, number>> = {
  InventoryError: exitCodes.input,
  TransportError: exitCodes.failed,
  FleetError: exitCodes.failed,
  RegistryError: exitCodes.failed,
  RehearsalError: exitCodes.failed,
  MissingDockerError: exitCodes.prerequisite,
};

/**
 * Turns anything thrown into text and exit code. Only unexpected errors are shown with their stack
 * trace: they are defects of hive, and a bug report needs the trace.
 */
export function reportFailure(error: unknown): FailureReport {
  if (error instanceof Failure) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof Error) {
    const exitCode = readable[error.name];
    if (exitCode !== undefined) return { text: error.message, exitCode };
    // Refusals of a Docker Engine are shown in its own words.
    if (typeof (error as { statusCode?: unknown }).statusCode === "number")
      return { text: error.message, exitCode: exitCodes.failed };
    return {
      text: `Unexpected error, probably a defect of hive:\n${error.stack ?? error.message}`,
      exitCode: exitCodes.failed,
    };
  }
  return { text: String(error), exitCode: exitCodes.failed };
}
