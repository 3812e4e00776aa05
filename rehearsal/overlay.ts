import { parse, stringify } from "yaml";

/** What a rehearsal puts in the place of the account's own. */
export interface OverlayFacts {
  /** Address of the emulated cloud, with its key: a secret. */
  readonly endpoint: string;
  /** Address of this computer as instances see it: the only one that may use SSH. */
  readonly computer: string;
  /** Public half of the key that opens the rehearsal's servers. */
  readonly publicKey: string;
}

/** A stage's configuration for its rehearsal. */
export interface Overlay {
  /** Text of the file. */
  readonly text: string;
  /** What differs from the stage's own file, in words. */
  readonly differences: readonly string[];
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
 * account, to people or to another registry. Pure.
 *
 * @param text of `Pulumi.<stage>.yaml`
 * @throws Error when the file holds encrypted values, which only the stage's own passphrase opens
 */
export function rehearsalOverlay(text: string, facts: OverlayFacts): Overlay {
  const { config = {} } = (parse(text) ?? {}) as { config?: Readonly<Record<string, unknown>> };
  const encrypted = encryptedPaths(config);
  if (encrypted.length > 0) {
    throw new Error(
      `${encrypted.join(", ")}: a rehearsal has a passphrase of its own and cannot read encrypted values. ` +
        "A stage with such values cannot be rehearsed yet.",
    );
  }
  const { "hive:aws": aws = {}, "hive:pins": pins, ...others } = config;
  const { ami, ...own } = aws as Readonly<Record<string, unknown>>;
  const hasOwnImage = typeof ami === "string" && ami.startsWith("ami-");
  const differences = [
    `AWS is ${new URL(facts.endpoint).host}; SSH is open to this computer alone, with a key of the rehearsal.`,
    ...Object.entries(ofTheAccount)
      .filter(([key]) => key in own)
      .map(([, words]) => `Left out: ${words}.`),
    ...(hasOwnImage ? [`Instances start from the rehearsal's own image, not from ${ami}.`] : []),
    ...(pins === undefined ? [] : ["Images are built, not those that are pinned."]),
    // Servers look for their kernel's modules, which a container has not.
    "Base images of builds come from this computer's Docker Engine.",
    "The networks of services are not encrypted: containers have no kernel of their own.",
  ];
  const overlay = {
    ...others,
    "hive:aws": {
      ...Object.fromEntries(Object.entries(own).filter(([key]) => !(key in ofTheAccount))),
      ...(ami === undefined || hasOwnImage ? {} : { ami }),
      endpoints: { all: facts.endpoint },
      baseImages: "local",
      sshSources: [`${facts.computer}/32`],
    },
    "hive:operators": [{ name: "rehearsal", publicKey: facts.publicKey }],
    "hive:encryptNetworks": false,
  };
  const head = "# Generated for a rehearsal; it holds the key of the emulated cloud.\n";
  return { text: head + stringify({ config: overlay }, { lineWidth: 0 }), differences };
}

/** Where values are that Pulumi encrypted, as `hive:secrets.token`. */
function encryptedPaths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  if ("secure" in value) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    encryptedPaths(inner, path === "" ? key : `${path}.${key}`),
  );
}
