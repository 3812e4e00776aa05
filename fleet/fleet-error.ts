/** A task of a fleet failed; the message says what and where. */
export class FleetError extends Error {
  override readonly name: string = "FleetError";
}

/**
 * No Docker Engine answers on this computer; the message says how to get one. Nothing was changed.
 */
export class MissingDockerError extends FleetError {
  override readonly name = "MissingDockerError";

  /** @param cause the reason why it does not answer */
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `The Docker Engine of this computer does not answer (${reason}), but the servers of this stage are\n` +
        "containers of it. Nothing was changed. Start it, or let `npm start` install one; `npm run doctor` says what is missing.",
    );
  }
}
