import { plainText } from "./code-text";
import { sizeBytes, sizeText } from "../values/size";
import { compose, type FormReader, hiveBuilder, isMap, type PastedForm } from "./foreign-key";
import { hiveName, nameOrText } from "./hive-name";
import { hiveSize } from "./quantities";
import { shownValue } from "./shown-text";

/** Mounts, secrets and configs of a service in the forms of Compose files and hive-builder. */

/** A mount in short form (`data:/var/lib/data:ro`) or with keys of Compose or hive-builder. */
export const mountForm: FormReader = (value, place) =>
  typeof value === "string"
    ? shortMount(value, place.name)
    : isMap(value)
      ? longMount(value, place.name)
      : undefined;

function shortMount(text: string, service: string): PastedForm | undefined {
  const [first = "", second, options = ""] = text.trim().split(":");
  const source = second === undefined ? undefined : first;
  const target = second ?? first;
  if (!target.startsWith("/") || text.split(":").length > 3) return undefined;
  const words = options.split(",");
  return mount({
    message: "is one text; here a mount is a map",
    source,
    target,
    readOnly: words.includes("ro"),
    propagation: words.find(isPropagation),
    service,
  });
}

/** Whether a text is a mount propagation, which Docker and hive both have. */
function isPropagation(text: unknown): text is string {
  return typeof text === "string" && /^r?(private|shared|slave)$/.test(text);
}

interface Mounted {
  readonly message: string;
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
  /** For a folder of the server. */
  readonly propagation: string | undefined;
  readonly service: string;
  /** The declaration of the volume, for `site/site.ts`. */
  readonly volume?: unknown;
  readonly notes?: readonly string[];
  readonly covers?: readonly string[];
  readonly system?: string;
}

function mount({
  message,
  source,
  target,
  readOnly,
  propagation,
  service,
  volume,
  notes,
  covers,
  system,
}: Mounted): PastedForm {
  const more = {
    ...(covers === undefined ? {} : { covers }),
    ...(system === undefined ? {} : { system }),
  };
  const isFolder = source?.startsWith("/") === true;
  const rest = {
    target,
    ...(readOnly ? { readOnly } : {}),
    ...(propagation === undefined || !isFolder ? {} : { propagation }),
  };
  if (source === undefined) {
    // A volume without a name: each task would get a new one.
    const name = nameOrText(`${service}-${target.split("/").pop() ?? "data"}`);
    return {
      message: `${message}, and it has a source`,
      becomes: [{ source: name, ...rest }],
      isItems: true,
      site: { volumes: { [name]: { local: {} } } },
      notes: [
        'or `replicated: { size: "1GiB" }` in the place of `local: {}`, for data that follow their task to another server',
      ],
      ...more,
    };
  }
  if (/^[.~]/.test(source)) {
    return {
      message: `${message}; and its source lies beside the Compose file, which servers do not have`,
      notes: [
        `bring a file as a config: \`configs: [{ config: "<name>", target: ${JSON.stringify(target)} }]\` with ` +
          `\`configs: { "<name>": { file: "…" } }\` in site/site.ts; a folder in the image; data on a volume: ` +
          `\`{ source: "<name>", target: ${JSON.stringify(target)} }\``,
      ],
      ...more,
    };
  }
  const name = isFolder ? source : nameOrText(source);
  return {
    message,
    becomes: [{ source: name, ...rest }],
    isItems: true,
    ...(volume === undefined ? {} : { site: { volumes: { [name]: volume } } }),
    notes: [
      ...(name === source
        ? []
        : [`the name has a hyphen, because a name here has no underscore, dot or capital letter`]),
      ...(notes ?? []),
    ],
    ...more,
  };
}

const mountKeys: readonly string[] = [
  "type",
  "read_only",
  "readonly",
  "bind",
  "volume",
  "tmpfs",
  "consistency",
  "drbd",
  "nfs",
  "driver",
  "driver_opts",
];

function longMount(
  value: Readonly<Record<string, unknown>>,
  service: string,
): PastedForm | undefined {
  const builder = ["drbd", "nfs", "readonly", "driver", "driver_opts"].some((key) => key in value);
  if (!mountKeys.some((key) => key in value)) return undefined;
  const { type, source, target } = value;
  if (typeof target !== "string") return undefined;
  const system = builder ? hiveBuilder : compose;
  if (type === "tmpfs") {
    const size = isMap(value["tmpfs"]) ? hiveSize(value["tmpfs"]["size"]) : undefined;
    return {
      message: "is a file system in memory, which has its own list here",
      notes: [
        `remove it, and write \`tmpfs: [{ target: ${JSON.stringify(target)}${size === undefined ? "" : `, size: "${size}"`} }]\` in the service`,
      ],
      system,
    };
  }
  const propagation = isMap(value["bind"]) ? value["bind"]["propagation"] : undefined;
  const subpath = isMap(value["volume"]) && value["volume"]["subpath"] !== undefined;
  return mount({
    message: `has keys of ${system}; here a mount has source, target and readOnly, and what a volume is stands in site/site.ts`,
    source: typeof source === "string" ? source : undefined,
    target,
    readOnly:
      value["read_only"] === true || value["readonly"] === true || value["readOnly"] === true,
    propagation: isPropagation(propagation) ? propagation : undefined,
    service,
    volume: volumeOf(value),
    notes: [
      ...(subpath
        ? ["a folder inside a volume cannot be mounted alone: give it a volume of its own"]
        : []),
      ...drbdNotes(value["drbd"]),
    ],
    covers: [...mountKeys, "source"],
    system,
  });
}

/** The declaration of a volume inside a mount of hive-builder; undefined if there is none. */
function volumeOf(value: Readonly<Record<string, unknown>>): unknown {
  const { drbd, nfs, driver, driver_opts: options } = value;
  if (isMap(drbd)) return { replicated: replicatedVolume(drbd) };
  if (nfs !== undefined) return { nfs: { server: "…", path: "/…" } };
  if (typeof driver === "string" && driver !== "local") {
    return {
      driver: { name: driver, ...(isMap(options) ? { options: shownOptions(options) } : {}) },
    };
  }
  return undefined;
}

function shownOptions(
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(options).map(([key, each]) => [key, shownValue(key, plainText(each))]),
  );
}

/** Smallest possible sizes of a file system here. */
const smallest = { ext4: "64MiB", xfs: "300MiB" };

function filesystemOf(drbd: Readonly<Record<string, unknown>>): "ext4" | "xfs" {
  return drbd["fstype"] === "ext4" ? "ext4" : "xfs";
}

/** The settings of a hive-builder volume that DRBD mirrors. */
export function replicatedVolume(
  drbd: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const filesystem = filesystemOf(drbd);
  const least = sizeBytes(smallest[filesystem]) ?? 0;
  const wanted = hiveSize(drbd["size"]);
  const bytes = Math.max(wanted === undefined ? 2 ** 30 : (sizeBytes(wanted) ?? 0), least);
  return { size: sizeText(bytes), filesystem };
}

function drbdNotes(drbd: unknown): readonly string[] {
  if (!isMap(drbd)) return [];
  const wanted = hiveSize(drbd["size"]);
  const least = smallest[filesystemOf(drbd)];
  return [
    ...(wanted !== undefined && (sizeBytes(wanted) ?? 0) < (sizeBytes(least) ?? 0)
      ? [`${least} is the least that ${filesystemOf(drbd)} takes`]
      : []),
    ...("diskless" in drbd ? ["every cluster server has the data: there is no diskless"] : []),
    ...("device_id" in drbd ? ["the device's number follows from the volume's name"] : []),
  ];
}

/** A secret or config of a service in Compose's long form, with `source`. */
export function fileForm(key: "secret" | "config"): FormReader {
  return (value): PastedForm | undefined => {
    if (key === "config" && typeof value === "string") {
      return {
        message: "is a name alone; a config needs its place",
        becomes: [{ config: nameOrText(value), target: `/${value}` }],
        isItems: true,
        notes: ["Compose puts it there"],
      };
    }
    if (!isMap(value)) return undefined;
    const { source, target, uid, gid, mode } = value;
    const isForeign =
      typeof uid === "string" || typeof gid === "string" || typeof mode === "number";
    // Only Compose's key certainly contains a name: ours may contain the secret itself.
    const name = source ?? (key === "config" && isForeign ? value[key] : undefined);
    if (typeof name !== "string") return undefined;
    return {
      message: `is written as in Compose; here it is ${key}, numbers without quotes, and the mode as text`,
      becomes: [
        {
          [key]: nameOrText(name),
          ...(typeof target === "string"
            ? { target }
            : hiveName(name) === name
              ? {}
              : { target: key === "secret" ? name : `/${name}` }),
          ...(uid === undefined ? {} : { uid: Number(uid) }),
          ...(gid === undefined ? {} : { gid: Number(gid) }),
          ...(mode === undefined ? {} : { mode: modeText(mode) }),
        },
      ],
      isItems: true,
      covers: ["source", key, "uid", "gid", "mode"],
    };
  };
}

/** Valid modes of files. */
const usualModes = [
  0o400, 0o440, 0o444, 0o500, 0o550, 0o555, 0o600, 0o640, 0o644, 0o660, 0o664, 0o666, 0o700, 0o750,
  0o755, 0o770, 0o775, 0o777,
];

/** A file's mode as a number. */
export const fileModeForm: FormReader = (value) =>
  typeof value === "number"
    ? { message: "is a number; here a mode is text", becomes: modeText(value) }
    : undefined;

/**
 * A mode as text. YAML has converted an octal number to another one (0440 is 288), but not a number
 * without the leading zero.
 */
function modeText(mode: unknown): string {
  if (typeof mode !== "number") return plainText(mode).replace(/^0o/, "0");
  return (usualModes.includes(mode) ? mode.toString(8) : String(mode)).padStart(4, "0");
}
