import { quote } from "../../render/shell";
import type { AuditFacts } from "./facts";
import type { Finding } from "./finding";
import { ofServers } from "./of-servers";

const dayMs = 24 * 3600 * 1000;

/** As `hive status`: a run renews the registry's certificate 120 days before its end. */
const certificateDays = 90;

/** The authority lives for ten years: a year is enough to give it a new key in peace. */
const authorityDays = 365;

/** Ends of certificates, and who trusts the authority. */
export function judgeCertificates(facts: AuditFacts, now: number): readonly Finding[] {
  const { stage, certificateEnd } = facts;
  const daysTo = (end: string): number => Math.floor((Date.parse(end) - now) / dayMs);
  const newKey =
    "`hive:keyVersion` of the stage, one higher, gives it a new one (docs/security.md)";
  const seen = facts.servers.flatMap(({ probe }) =>
    "value" in probe ? (probe.value.registryCertificate?.end ?? []) : [],
  );
  // What the registry presents counts; the outputs say it if its server does not.
  const ends = seen.length > 0 ? seen : certificateEnd === undefined ? [] : [certificateEnd];
  return [
    ...ends
      .filter((end) => daysTo(end) < certificateDays)
      .map((end): Finding => ({
        id: "certificate-end",
        severity: daysTo(end) < 0 ? "high" : "medium",
        where: "the registry",
        what: `Its certificate ${ended(end, daysTo(end))}.`,
        remedy: `\`npx hive up --stack ${stage}\` renews it.`,
      })),
    ...ofServers(facts, ({ authorities, storeFiles }, _server, ssh) => [
      // Beside the present authority, a former one may be there, which ends earlier.
      ...latest(authorities.map(({ end }) => end))
        .filter((end) => daysTo(end) < authorityDays)
        .map((end) => ({
          id: "authority-end" as const,
          severity: "low" as const,
          what: `The site's authority, which it trusts for the registry, ${ended(end, daysTo(end))}.`,
          remedy: `${newKey}.`,
        })),
      ...storeFiles.map((file) => ({
        id: "authority-in-store" as const,
        severity: "medium" as const,
        what: `Every program of it trusts ${file}; the site's authority is for the registry alone.`,
        remedy: `\`${ssh} sudo rm ${quote(file)}\`, \`${ssh} sudo update-ca-certificates --fresh\`.`,
      })),
    ]),
  ];
}

function latest(ends: readonly string[]): readonly string[] {
  return [...ends].sort().slice(-1);
}

function ended(end: string, days: number): string {
  const day = end.slice(0, 10);
  return days < 0 ? `ended on ${day}` : `ends in ${days} days, on ${day}`;
}
