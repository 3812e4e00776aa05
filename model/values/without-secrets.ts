/** Shorter parts of a secret are not secret, and masking them would make a text unreadable. */
const leastSecret = 4;

/**
 * A text with `[secret]` instead of the values of secrets, and of each single line of a value.
 * Texts shorter than 4 characters, without surrounding spaces, are not masked.
 *
 * @param text output of a command, or an error that quotes it
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap((secret) => [secret, ...secret.split(/\r?\n/)])
    .filter((part) => part.trim().length >= leastSecret)
    .sort((left, right) => right.length - left.length)
    .reduce((masked, part) => masked.replaceAll(part, "[secret]"), text);
}
