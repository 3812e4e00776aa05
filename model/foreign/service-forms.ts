import { Expression, propertiesText, plainText } from "./code-text";
import { type FormReader, hiveBuilder, isMap, type PastedForm } from "./foreign-key";
import { modeOf } from "./deploy";
import { nameOrText } from "./hive-name";
import { sizeBytes } from "../values/size";
import { hiveDuration, hiveNumber, hiveSize } from "./quantities";
import { testCommand } from "./text-forms";

/** Forms of other keys of a service. */

/** A length of time as Go writes it, e.g. `1m30s`. */
export const durationForm: FormReader = (value) => {
  const becomes = hiveDuration(value);
  return becomes === undefined || becomes === value
    ? undefined
    : { message: "has more than one unit", becomes };
};

/** An amount of bytes as Docker writes it, e.g. `512M`. */
export const sizeForm: FormReader = (value) => {
  const becomes = hiveSize(value);
  const isOurs = typeof value === "string" && sizeBytes(value) !== undefined;
  return becomes === undefined || isOurs
    ? undefined
    : { message: "is not an amount in the form here (Docker's M is MiB)", becomes };
};

/** A number in quotes. */
export const numberForm: FormReader = (value) => {
  const becomes = typeof value === "string" ? hiveNumber(value) : undefined;
  return becomes === undefined ? undefined : { message: "is a number in quotes", becomes };
};

const healthTimes = {
  interval: "interval",
  timeout: "timeout",
  start_period: "startPeriod",
} as const;
const healthKeys = ["test", "disable", "start_period", "start_interval"];

/** `mode: "replicated"`. */
export const modeForm: FormReader = (value, { beside }) =>
  value === "replicated"
    ? {
        message: "is expressed by the number of tasks here",
        becomes: modeOf({ mode: value, replicas: beside["replicas"] ?? 1 }),
      }
    : undefined;

/** A health check with Compose's keys. */
export const healthcheckForm: FormReader = (value): PastedForm | undefined => {
  if (!isMap(value) || !healthKeys.some((key) => key in value)) return undefined;
  const command = value["disable"] === true ? "none" : testCommand(value["test"]);
  const message = "has keys of Compose";
  if (command === "none") return { message, becomes: "none" };
  // Without a test, Compose changes only the times of the image's own check.
  if (command === undefined && value["test"] !== undefined) return undefined;
  const times = Object.entries(healthTimes).flatMap(([key, here]) => {
    const time = hiveDuration(value[key]);
    return time === undefined ? [] : [[here, time]];
  });
  const retries = hiveNumber(value["retries"]);
  const becomes = {
    command: command ?? value["command"] ?? ["…"],
    ...(Object.fromEntries(times) as Readonly<Record<string, string>>),
    ...(retries === undefined ? {} : { retries }),
  };
  return {
    message,
    becomes,
    notes: [
      ...("start_interval" in value
        ? ["there is no start_interval: checks in the start period keep the interval"]
        : []),
    ],
    covers: [...healthKeys, "command", ...Object.keys(healthTimes)],
  };
};

/** Networks of a service as a map. */
export const attachmentsForm: FormReader = (value): PastedForm | undefined => {
  if (!isMap(value)) return undefined;
  const fixed = Object.values(value).some(
    (each) =>
      isMap(each) && ("ipv4_address" in each || "ipv6_address" in each || "mac_address" in each),
  );
  return {
    message: "is a map; here the networks of a service are a list",
    becomes: Object.entries(value).map(([name, each]) =>
      isMap(each) && Array.isArray(each["aliases"])
        ? { name: nameOrText(name), aliases: each["aliases"] as readonly unknown[] }
        : nameOrText(name),
    ),
    notes: [
      ...nameNotes(Object.keys(value)),
      ...(fixed
        ? [
            "a Swarm service cannot have a fixed address: others find it by its name and its aliases",
          ]
        : []),
    ],
  };
};

function nameNotes(names: readonly string[]): readonly string[] {
  return names.some((name) => nameOrText(name) !== name)
    ? ["a name here has hyphens in the place of underscores, dots and capital letters"]
    : [];
}

/** Names of services or networks with characters that are not allowed here. */
export const serviceNamesForm: FormReader = (value): PastedForm | undefined => {
  if (!isMap(value)) return undefined;
  return {
    message: "is a map; here it is a list of names",
    becomes: Object.keys(value).map(nameOrText),
    notes: [
      "the condition is always the same: the other service runs, is healthy, and has its initial data",
    ],
  };
};

/** A limit of processes as one number. */
export const ulimitForm: FormReader = (value): PastedForm | undefined => {
  const limit = hiveNumber(value);
  return limit === undefined
    ? undefined
    : { message: "is one number; here it is two", becomes: { soft: limit, hard: limit } };
};

/** Addresses by name as a list: `["db:10.0.0.1"]`. */
function hostLines(value: unknown): Readonly<Record<string, string>> | undefined {
  if (isMap(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, address]) => [name, plainText(address)]),
    );
  }
  if (!Array.isArray(value)) return undefined;
  const pairs = value.map((line) => /^([^:=\s]+)[:=]\s*\[?([^\]\s]+)\]?$/.exec(plainText(line)));
  return pairs.every((pair) => pair !== null)
    ? Object.fromEntries(pairs.map(([, name = "", address = ""]) => [name, address]))
    : undefined;
}

/** Compose's word for the address of a container's own server. */
const hostGateway = "host-gateway";

const gatewayNote =
  `${hostGateway} is the address of a task's own server, which no service here can have: make the other program a service ` +
  "of the site and reach it by its name; published ports of services are reachable at the servers' names, e.g. {{.Node.Hostname}} in a variable";

/**
 * Compose's lines as `hosts`, without those that no service here can have. Undefined for other
 * values.
 */
export function hiveHosts(
  value: unknown,
): { readonly hosts: Readonly<Record<string, string>>; readonly notes: string[] } | undefined {
  const lines = hostLines(value);
  if (lines === undefined) return undefined;
  const kept = Object.entries(lines).filter(([, address]) => address !== hostGateway);
  return {
    hosts: Object.fromEntries(kept),
    notes: kept.length < Object.keys(lines).length ? [gatewayNote] : [],
  };
}

/** `hosts` as a list of lines. */
export const hostsForm: FormReader = (value) => {
  const lines = Array.isArray(value) ? hiveHosts(value) : undefined;
  if (lines === undefined) return undefined;
  const message = "is a list; here it is a map of addresses by name";
  return Object.keys(lines.hosts).length === 0 && lines.notes.length > 0
    ? { message, notes: ["remove it", ...lines.notes] }
    : { message, becomes: lines.hosts, notes: lines.notes };
};

/** An address of `hosts` that is {@link hostGateway}. */
export const gatewayForm: FormReader = (value) =>
  value === hostGateway
    ? { message: "is not an address", notes: ["remove it", gatewayNote] }
    : undefined;

/** `dns: "192.0.2.1"` and `dns: ["192.0.2.1"]`. */
export const dnsForm: FormReader = (value) => {
  const servers = typeof value === "string" ? [value] : value;
  return Array.isArray(servers) && servers.every((each) => typeof each === "string")
    ? {
        message: "is only the addresses of name servers; here they have a key of their own",
        becomes: { servers },
      }
    : undefined;
};

/** `tmpfs: "/run"` and `tmpfs: ["/run:size=64m,mode=1777"]`. */
export const tmpfsForm: FormReader = (value): PastedForm | undefined => {
  const list = typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
  if (list.length === 0 || !list.every((each) => typeof each === "string" && each.startsWith("/")))
    return undefined;
  return {
    message: "is text; here a file system in memory is a map",
    becomes: (list as readonly string[]).map((text) => {
      const [target = "", options = ""] = text.split(":");
      const size = hiveSize(/(?:^|,)size=([^,]+)/.exec(options)?.[1]);
      const mode = /(?:^|,)mode=([0-7]{3,4})(?:,|$)/.exec(options)?.[1];
      return {
        target,
        ...(size === undefined ? {} : { size }),
        ...(mode === undefined ? {} : { mode }),
      };
    }),
  };
};

/** One file system in memory as text. */
export const oneTmpfsForm: FormReader = (value, place) => {
  const form = typeof value === "string" ? tmpfsForm(value, place) : undefined;
  return form && { ...form, isItems: true };
};

const imageKeys = [
  "from",
  "roles",
  "env",
  "stop_signal",
  "user",
  "working_dir",
  "entrypoint",
  "command",
  "privileged",
  "expose",
  "standalone",
  "pull_on",
  "pull_from",
];

/**
 * An image of hive-builder that is built from another one with roles, or an image with a Compose
 * variable.
 */
export const imageForm: FormReader = (value, { name }): PastedForm | undefined => {
  if (typeof value === "string" && value.includes("${")) {
    return {
      message: "has a Compose variable, which hive does not fill in",
      notes: [
        'write the reference itself, by digest, e.g. "docker.io/library/nginx@sha256:…"; for variable parts use TypeScript: a template between back-ticks',
      ],
    };
  }
  if (!isMap(value) || !imageKeys.some((key) => key in value)) return undefined;
  const image = nameOrText(name);
  const { from, roles, pull_on: on, pull_from: pull } = value;
  const metadata = imageKeys.slice(2, 11).filter((key) => key in value);
  const done = Array.isArray(roles)
    ? ` and what the roles ${roles.map(plainText).join(", ")} do`
    : "";
  return {
    message: `has keys of ${hiveBuilder}, which builds with roles of Ansible; here an image is built from a Dockerfile`,
    becomes: { build: image },
    site: {
      images: {
        [image]: on === undefined ? {} : { pull: { on, from: plainText(pull ?? "…") } },
      },
    },
    notes: [
      `write site/images/${image}/Dockerfile with FROM ${typeof from === "string" ? from : "…"}${done}`,
      ...(metadata.length === 0
        ? []
        : [
            `${metadata.join(", ")} ${metadata.length === 1 ? "is an instruction" : "are instructions"} of the Dockerfile`,
          ]),
      ...(on === undefined || plainText(pull).includes("@sha256:")
        ? []
        : ["what is pulled is named by digest"]),
    ],
    covers: [...imageKeys, "build"],
    system: hiveBuilder,
  };
};

/**
 * Files of variables, which the inventory reads, since it is a program.
 *
 * @param own - variables of the service itself, which override those of the files
 */
export function variablesOf(
  files: readonly string[],
  own: Readonly<Record<string, unknown>>,
): Expression {
  const reads = files.map(
    (file) => `parseEnv(readFileSync(${JSON.stringify(file)}, "utf8")) as Record<string, string>`,
  );
  if (reads.length === 1 && Object.keys(own).length === 0) return new Expression(reads[0] ?? "");
  return new Expression(
    `{ ${[...reads.map((read) => `...(${read})`), ...(Object.keys(own).length === 0 ? [] : [propertiesText(own)])].join(", ")} }`,
  );
}
