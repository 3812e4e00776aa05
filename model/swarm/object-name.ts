import { createHash, createHmac } from "node:crypto";

/**
 * Secrets and configs must be smaller than this, bytes: the limit of all supported Docker Engines.
 * Secrets have this limit everywhere (swarmkit, `api/validation/secrets.go`, `MaxSecretSize`),
 * configs up to Docker Engine 20.10; from 23.0 on they may have twice as much
 * (`manager/controlapi/config.go`, `MaxConfigSize`).
 */
export const contentLimit = 500 * 1024;

/**
 * Longest name that leaves room for the hash: a Swarm accepts 64 characters for secrets and
 * configs.
 */
export const longestObjectName = 64 - 9;

/**
 * The name of a secret in the Swarm: `<name>-<8 hex digits>`. The digits come from a keyed hash:
 * with a plain one, everybody who may list names could try weak passwords.
 */
export function secretObjectName(name: string, salt: string, value: string): string {
  return `${name}-${createHmac("sha256", salt).update(value).digest("hex").slice(0, 8)}`;
}

/** The name of a config in the Swarm: `<name>-<8 hex digits of content and template>`. */
export function configObjectName(name: string, content: string, template: boolean): string {
  const hash = createHash("sha256").update(JSON.stringify([template, content]));
  return `${name}-${hash.digest("hex").slice(0, 8)}`;
}

/** The problem of the name of a secret or config in the site; undefined if there is none. */
export function objectNameFault(name: string): string | undefined {
  // The engine's own rule (swarmkit, `validateConfigOrSecretAnnotations`).
  const valid = /^[a-zA-Z0-9](?:[-_.a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(name);
  return valid && name.length <= longestObjectName
    ? undefined
    : `'${name}' is not a valid name in the Swarm: letters and digits, with - _ . between them, up to ${longestObjectName} characters`;
}

/**
 * The problem of a content; undefined if there is none. Never shows the content.
 *
 * @param what - begins the sentence, e.g. `The config 'site'`.
 */
export function contentFault(what: string, content: string): string | undefined {
  const size = Buffer.byteLength(content);
  if (size === 0) return `${what} is empty, which a Swarm refuses; give it content, or remove it`;
  if (size < contentLimit) return undefined;
  return (
    `${what} has ${size} bytes; the limit of a Swarm is below ${contentLimit} (500 KiB). ` +
    "Split it, or put it into the image or a volume"
  );
}
