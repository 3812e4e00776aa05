import { parse, stringify } from "yaml";
import { endpointsThatLeave } from "./loopback";
import { RehearsalError } from "./rehearsal-error";

/** What a rehearsal puts in the place of the account's own. */
export interface OverlayFacts {
  /** Address of the emulated cloud, with its key: a secret. */
  readonly endpoint: string;
  /** Address of this computer as instances see it: the only one that may use SSH. */
  readonly computer: string;
  /** Public half of the key that opens the rehearsal's servers. */
  readonly publicKey: string;
  /** Text of the last overlay, if there is one: it has the rehearsal's own secrets. */
  readonly previous?: string | undefined;
}

/** A stage's configuration for its rehearsal. */
export interface Overlay {
  /** Text of the file. */
  readonly text: string;
  /** What differs from the stage's own file, in words. */
  readonly differences: readonly string[];
  /** Secrets of `hive:secrets` that the overlay has no value for yet, by name. */
  readonly missingSecrets: readonly string[];
}

/** Options of `hive:aws` that name what only the real account has, with the words for them. */
const ofTheAccount: Readonly<Record<string, string>> = {
  profile: "the profile of credentials",
  assumeRole: "the role",
  elasticIps: "the Elastic IPs that exist",
  kmsKey: "the key of KMS",
};

/**
 * The configuration of a stage for its rehearsal: everything as it is, but what belongs to the
 * account, to people or to another registry, and but for secrets: only the stage's own passphrase
 * opens them, and real ones have no place in a rehearsal. Pure.
 *
 * @param text of `Pulumi.<stage>.yaml`
 * @throws RehearsalError when something else than `hive:secrets` is encrypted, or the emulated
 *   cloud is not on this computer
 */
export function rehearsalOverlay(text: string, facts: OverlayFacts): Overlay {
  const { config = {} } = (parse(text) ?? {}) as { config?: Readonly<Record<string, unknown>> };
  const { "hive:secrets": secrets, ...readable } = config;
  const { "hive:aws": aws = {}, "hive:pins": pins, ...others } = readable;
  requireReadable(text);
  const endpoints = { all: facts.endpoint };
  const [leaving] = endpointsThatLeave(endpoints);
  if (leaving !== undefined) throw new RehearsalError(leaving);
  const names = Object.keys(secrets ?? {});
  const made = madeSecrets(facts.previous);
  const known = Object.fromEntries(
    names.flatMap((name) => (name in made ? [[name, made[name]] as const] : [])),
  );
  const { ami, ...own } = aws as Readonly<Record<string, unknown>>;
  const hasOwnImage = typeof ami === "string" && ami.startsWith("ami-");
  const differences = [
    `AWS is ${new URL(facts.endpoint).host}; SSH is open to this computer alone, with a key of the rehearsal.`,
    ...Object.entries(ofTheAccount)
      .filter(([key]) => key in own)
      .map(([, words]) => `Left out: ${words}.`),
    ...(hasOwnImage ? [`Instances start from the rehearsal's own image, not from ${ami}.`] : []),
    ...(pins === undefined ? [] : ["Images are built, not those that are pinned."]),
    ...(names.length === 0 ? [] : [`Made up: the values of the secrets ${names.join(", ")}.`]),
    // Servers look for their kernel's modules, which a container has not.
    "Base images of builds come from this computer's Docker Engine.",
    "The networks of services are not encrypted: containers have no kernel of their own.",
  ];
  const overlay = {
    ...others,
    "hive:aws": {
      ...Object.fromEntries(Object.entries(own).filter(([key]) => !(key in ofTheAccount))),
      ...(ami === undefined || hasOwnImage ? {} : { ami }),
      endpoints,
      baseImages: "local",
      sshSources: [`${facts.computer}/32`],
    },
    "hive:operators": [{ name: "rehearsal", publicKey: facts.publicKey }],
    "hive:encryptNetworks": false,
    ...(Object.keys(known).length === 0 ? {} : { "hive:secrets": known }),
  };
  const head = "# Generated for a rehearsal; it holds the key of the emulated cloud.\n";
  return {
    text: head + stringify({ config: overlay }, { lineWidth: 0 }),
    differences,
    missingSecrets: names.filter((name) => !(name in known)),
  };
}

/**
 * Refuses a stage whose file holds what a rehearsal cannot read, before anything is started.
 *
 * @param text of `Pulumi.<stage>.yaml`
 * @throws RehearsalError when something else than `hive:secrets` is encrypted
 */
export function requireReadable(text: string): void {
  const { config = {} } = (parse(text) ?? {}) as { config?: Readonly<Record<string, unknown>> };
  const encrypted = encryptedPaths({ ...config, "hive:secrets": undefined });
  if (encrypted.length === 0) return;
  throw new RehearsalError(
    `${encrypted.join(", ")}: a rehearsal has a passphrase of its own and cannot read what this stage's encrypts. ` +
      "Keep as encrypted values only those of hive:secrets, which a rehearsal makes up.",
  );
}

/** The secrets that an earlier start made up, encrypted, by name. */
function madeSecrets(previous = ""): Readonly<Record<string, unknown>> {
  const { config = {} } = (parse(previous) ?? {}) as { config?: Readonly<Record<string, unknown>> };
  return (config["hive:secrets"] ?? {}) as Readonly<Record<string, unknown>>;
}

/** Where values are that Pulumi encrypted, as `hive:secrets.token`. */
function encryptedPaths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  if ("secure" in value) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    encryptedPaths(inner, path === "" ? key : `${path}.${key}`),
  );
}
