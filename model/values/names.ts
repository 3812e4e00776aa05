/** A stage: also the name of its Pulumi stack. */
export type StageName = "private" | "staging" | "production";

/** The stages, in the order of promotion to the users. */
export const stageNames: readonly StageName[] = ["private", "staging", "production"];

/** Prefix of a stage's host names. */
export const stagePrefixes: Readonly<Record<StageName, string>> = {
  private: "p-",
  staging: "s-",
  production: "",
};

/**
 * Whether the text is one lower-case DNS label: letters, digits, hyphens inside, at most 63 (RFC
 * 1123 §2.1).
 */
export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/**
 * Whether a name can be looked up in DNS: labels of letters, digits, hyphens and underscores, at
 * most 63 each and 253 in all (RFC 1035 §2.3.4; underscores: RFC 2181 §11).
 */
export function isDnsName(text: string): boolean {
  return (
    text.length <= 253 &&
    text.split(".").every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))
  );
}

/** Whether the text is a domain name of lower-case DNS labels joined by dots. */
export function isDomainName(text: string): boolean {
  return text.split(".").every(isDnsLabel);
}

/** Longest host name: Linux accepts 64 bytes, but Docker's check only 63. */
export const longestHostName = 63;
