/** A refusal of AWS, and what to do about it. */
export interface KnownRefusal {
  readonly pattern: RegExp;
  /** In one line. */
  readonly remedy: string;
}

/**
 * Why an account cannot be asked. The first one that fits counts. The provider of AWS says so when
 * it is configured, too: the `hive` command explains its words with the same list.
 */
export const knownRefusals: readonly KnownRefusal[] = [
  {
    pattern: /ExpiredToken|token.{0,40} expired|InvalidGrantException|SSO session/i,
    remedy:
      "The credentials of AWS are no longer valid. Log in again, e.g. `aws sso login --profile <profile>`, then run the command again.",
  },
  {
    pattern:
      /no valid credential sources|failed to refresh cached credentials|failed to get shared config profile|could not find (?:config|credentials) profile|no EC2 IMDS role found/i,
    remedy:
      "No credentials of AWS were found. Log in (`aws configure sso`), name the profile as `profile` under hive:aws in the stage's file, or set AWS_PROFILE; `aws sts get-caller-identity` shows what is found.",
  },
  {
    pattern:
      /InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|AuthFailure|InvalidAccessKeyId/i,
    remedy:
      "AWS does not take these credentials. Either they are wrong or deactivated (`aws sts get-caller-identity`), or the account has not enabled the region (`aws account list-regions`).",
  },
  {
    pattern: /UnauthorizedOperation|AccessDenied|is not authorized to perform/i,
    remedy:
      "The credentials lack a right. docs/aws-policy.json has all that hive needs: give it to this identity.",
  },
  {
    pattern: /invalid AWS Region/i,
    remedy:
      "There is no such region. Correct `region` under hive:aws, or hive:zones, in the stage's file.",
  },
  {
    pattern:
      /(?:amazonaws|aws)\S*.{0,200}(?:no such host|i\/o timeout|connection refused|network is unreachable)/i,
    remedy:
      "AWS does not answer from this computer. Check the network, the proxy (HTTPS_PROXY) and the region's name.",
  },
];

/** The remedy for a refusal, if it is a known one. */
export function remedyOf(text: string): string | undefined {
  return knownRefusals.find(({ pattern }) => pattern.test(text))?.remedy;
}
