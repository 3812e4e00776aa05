/**
 * Commands of hive that a text names, as they must be given in a rehearsal: `npx hive status
 * --stack staging` becomes `npx hive rehearse staging status`. A rehearsal changes neither the
 * stage's own file nor the site: commands for these stay. Pure.
 *
 * @param stage whose rehearsal this is
 */
export function rehearsedCommands(text: string, stage: string): string {
  const quotas = text.replace(
    quotaRequest,
    (_, service: string, code: string, value: string) =>
      `npx hive rehearse ${stage} --raise-quota ${service}/${code}=${value}`,
  );
  return quotas.replace(command, (whole, words: string) => {
    const [, other] = /(?: --stack | -s )([a-z]+)/.exec(words) ?? [];
    if (plain.test(words) || (other !== undefined && other !== stage)) return whole;
    return `npx hive rehearse ${stage} ${words.replace(/ (?:--stack|-s) [a-z]+/, "")}`;
  });
}

/** A command up to the end of its line, its quotation, or the next command. */
const command = /\bnpx hive ((?=[a-z])(?:(?!npx hive )[^`\n])*)/g;

/** A request for a higher quota; that of a rehearsal is not AWS's. */
const quotaRequest =
  /\baws service-quotas request-service-quota-increase --region \S+ --service-code (\S+) --quota-code (\S+) --desired-value (\d+)/g;

/** They change or read what the rehearsal takes over from the stage. */
const plain = /^(?:rehearse|new|unpin|doctor|completion|pulumi -- config)\b/;
