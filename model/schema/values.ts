import { z } from "zod";
import { type Duration, durationSeconds } from "../values/duration";
import { fileModeForm } from "../foreign/mount-forms";
import { durationForm, numberForm, sizeForm } from "../foreign/service-forms";
import { textForm, wordForm } from "../foreign/text-forms";
import { isDnsLabel, isDnsName } from "../values/names";
import { type Size, sizeBytes } from "../values/size";

/** The schemas of single values that occur in many places of the inventory. */

/** Name of a service, an image, a network, a volume, a secret or a config. */
export const nameSchema = z.string().refine(isDnsLabel, "is not a DNS label").meta({
  takes: "a name",
  write:
    "write lower-case letters, digits and hyphens, at most 63, beginning and ending with a letter or digit",
});

/**
 * A name that must be shorter, because its name in the Swarm has a suffix.
 *
 * @param longest characters
 */
export function shortName(longest: number): z.ZodType<string> {
  return z
    .string()
    .refine((text) => isDnsLabel(text) && text.length <= longest, "is not a short DNS label")
    .meta({
      write: `write lower-case letters, digits and hyphens, at most ${longest}, beginning and ending with a letter or digit`,
    });
}

/**
 * Name of a volume: Docker refuses a single character (moby, `daemon/names`,
 * `RestrictedNamePattern`).
 */
export const volumeName = nameSchema
  .refine(
    (text) => text.length !== 1,
    "is one character, but Docker's volume names have at least two",
  )
  .meta({
    write:
      "write lower-case letters, digits and hyphens, 2 to 63 of them, beginning and ending with a letter or digit",
  });

/**
 * A DNS name, with dots and underscores: the Swarm accepts any text as an alias, but only DNS names
 * can be looked up.
 */
export const dnsName = z
  .string()
  .refine(isDnsName, "is not a name that can be looked up in DNS")
  .meta({
    takes: "a name",
    write:
      "write letters, digits, hyphens and underscores, with dots between parts of at most 63 of them, e.g. mail.example.com",
  });

/** Name of an object that is declared elsewhere in the site; a rule checks whether it exists. */
export const reference = z.string().min(1).meta({ takes: "a name" });

/** Docker Engine counts nanoseconds in 63 bits. */
const longestSeconds = 2 ** 63 / 1e9;

const bounded = (text: string): boolean => (durationSeconds(text) ?? 0) < longestSeconds;
const tooLong = "is longer than 292 years, Docker Engine's limit";

/** A length of time, zero too. */
export const duration = z
  .custom<Duration>((value) => typeof value === "string" && durationSeconds(value) !== undefined, {
    message: "is not a length of time",
    params: { remedy: 'write a number and a unit (ms, s, m, h), e.g. "10s"' },
  })
  .refine(bounded, tooLong)
  .meta({ takes: 'a length of time such as "10s"', foreignForm: durationForm });

/**
 * A length of time above zero: at least 1 ms, Docker Engine's minimum, to which durations are
 * rounded.
 */
export const positiveDuration = z
  .custom<Duration>((value) => typeof value === "string" && (durationSeconds(value) ?? 0) > 0, {
    message: "is not a length of time above zero",
    params: { remedy: 'write a number and a unit (ms, s, m, h), e.g. "10s"' },
  })
  .refine(bounded, tooLong)
  .meta({ takes: 'a length of time such as "10s"', foreignForm: durationForm });

/** An amount of bytes that is not zero. */
export const size = z
  .custom<Size>((value) => typeof value === "string" && (sizeBytes(value) ?? 0) > 0, {
    message: "is not an amount of bytes",
    params: { remedy: 'write a number and a unit (KiB, MiB, GiB, TiB), e.g. "512MiB"' },
  })
  .refine((text) => Number.isSafeInteger(sizeBytes(text) ?? 0), "is more than any server has")
  .meta({ takes: 'an amount such as "512MiB"', foreignForm: sizeForm });

/**
 * An amount of bytes for which Docker Engine has a minimum.
 *
 * @param least e.g. `"6MiB"`
 * @param why begins with "the"
 */
export function sizeFrom(least: Size, why: string): z.ZodType<Size> {
  return size
    .refine(
      (text) => (sizeBytes(text) ?? 0) >= (sizeBytes(least) ?? 0),
      `is less than ${least}, ${why}`,
    )
    .meta({ write: `write at least "${least}"` });
}

/** A port of TCP, UDP or SCTP. */
export const portNumber = z.int().min(1).max(65535);

/** Names of environment variables and build arguments. */
export const environmentName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]*$/,
    "is not the name of an environment variable: letters, digits, _ . and -, the first one a letter or _",
  );

/** A map of texts with arbitrary names. */
export const textRecord = z.record(
  z.string().min(1, "must not be empty"),
  z.string().meta({ foreignForm: textForm }),
);

/** Program and arguments. */
export const commandLine = z
  .array(z.string().meta({ foreignForm: wordForm }))
  .min(1)
  .meta({
    takes: "a list of texts: program and arguments",
    write: 'write program and arguments, e.g. ["curl", "-fsS", "http://127.0.0.1/"]',
  });

/** A file or folder of the project. */
export const projectPath = z
  .string()
  .min(1)
  .refine(
    (path) => !path.startsWith("/") && !path.split("/").includes("..") && !path.includes("\0"),
    "must lie inside the project",
  )
  .meta({
    takes: "a path inside the project",
    write: "write a path relative to the project's root, e.g. site/services/ldap/users.ldif",
  });

/** A path in a container or on a server. */
export const absolutePath = z
  .string()
  .refine(isAbsolutePath, "is not an absolute path without . and ..")
  .meta({ takes: "an absolute path", write: "write an absolute path, e.g. /var/lib/data" });

/** Whether the text is an absolute path, without `.` and `..`, below the root. */
export function isAbsolutePath(text: string): boolean {
  if (!/^\/[^/\0]/.test(text)) return false;
  return !text.split("/").some((part) => part === "." || part === "..");
}

/** A file's mode. */
export const octalMode = z
  .string()
  .regex(/^[0-7]{3,4}$/, "is not a mode of three or four octal digits")
  .meta({
    foreignForm: fileModeForm,
    takes: "an octal mode",
    write: 'write an octal mode as text, e.g. "0444"',
  });

/** A number of a user or group, as Linux has them. */
export const userNumber = z.int().min(0).max(4_294_967_294).meta({ foreignForm: numberForm });

/** An IPv4 or IPv6 address. */
export const ipAddress = z
  .string()
  .refine(
    (text) => z.ipv4().safeParse(text).success || z.ipv6().safeParse(text).success,
    "is not an IP address",
  )
  .meta({ takes: "an IP address", write: "write an IPv4 or IPv6 address, e.g. 192.0.2.10" });

/**
 * Requires exactly one of some keys. Kinds that exclude each other are one map with this rule, so
 * that a mistake inside one kind is not reported as a missing other kind.
 *
 * @param example what to write, for the remedy
 */
export function exactlyOne<T extends object>(
  keys: readonly (keyof T & string)[],
  example: string,
): (value: T, context: z.core.$RefinementCtx<T>) => void {
  return (value, context) => {
    const given = keys.filter((key) => value[key] !== undefined);
    if (given.length === 1) return;
    context.addIssue({
      code: "custom",
      message:
        given.length === 0
          ? `takes one of the keys ${keys.join(", ")}`
          : `has ${given.join(" and ")}, which exclude each other`,
      params: {
        remedy: `write one of them: ${example}`,
        ...(given.length === 0 ? { missing: keys } : {}),
      },
    });
  };
}
