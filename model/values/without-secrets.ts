/** Shorter parts of a secret are no secret, and to mask them would make a text unreadable. */
const leastSecret = 4;

/**
 * A text with `[secret]` in place of the values of secrets, and of each line of a value on its own.
 * What is shorter than 4 characters, spaces around it left out, is not masked.
 *
 * @param text what a command printed, or an error that quotes it
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap((secret) => [secret, ...secret.split(/\r?\n/)])
    .filter((part) => part.trim().length >= leastSecret)
    .sort((left, right) => right.length - left.length)
    .reduce((masked, part) => masked.replaceAll(part, "[secret]"), text);
}
