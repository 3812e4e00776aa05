/** A message for the person who rehearses: what is wrong and what to do, without a secret. */
export class RehearsalError extends Error {
  override readonly name = "RehearsalError";
}
