import type { FormReader, PastedForm } from "./foreign-key";
import { compose, hiveBuilder, isMap } from "./foreign-key";
import { hiveNumber } from "./quantities";

/** Published ports of Compose files and of hive-builder. */

const anyAddress =
  "a Swarm publishes a port on all addresses of a server, so it cannot be one address only: what is for the servers alone " +
  "is reached inside a network of the site, without a published port";

/**
 * A port in a short form that is not valid here: `127.0.0.1:8080:80`, `8000-8002:8000-8002`, a
 * number.
 */
export const shortPortForm: FormReader = (value): PastedForm | undefined => {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535) {
    return {
      message:
        "is a number; Compose reads it as the port of the container, and lets Swarm choose the port of the servers",
      becomes: [{ target: value, published: "auto" }],
      isItems: true,
      notes: [`or "${value}", to publish port ${value} of the servers`],
    };
  }
  if (typeof value !== "string") return undefined;
  const match =
    /^(?:(\[[0-9a-f:]*\]|[0-9.]{7,15}):)?(?:([0-9]+)(?:-([0-9]+))?:)?([0-9]+)(?:-([0-9]+))?(?:\/(tcp|udp|sctp|https?))?$/i.exec(
      value.replaceAll(" ", ""),
    );
  if (match === null) return undefined;
  const [, address, publishedFirst, publishedLast, targetFirst = "", targetLast, protocol] = match;
  const targets = range(targetFirst, targetLast);
  const published = publishedFirst === undefined ? targets : range(publishedFirst, publishedLast);
  if (targets.length === 0 || published.length !== targets.length) return undefined;
  const suffix = protocol === undefined ? "" : `/${protocol.toLowerCase()}`;
  const becomes = targets.map((target, index) =>
    publishedFirst === undefined
      ? {
          target,
          published: "auto",
          ...(protocol === undefined ? {} : { protocol: protocol.toLowerCase() }),
        }
      : target === published[index]
        ? `${target}${suffix}`
        : `${published[index]}:${target}${suffix}`,
  );
  return {
    message:
      address !== undefined
        ? "names an address of the server"
        : targets.length > 1
          ? "is a range of ports; here each port is written separately"
          : "is not a published port",
    becomes,
    isItems: true,
    ...(address === undefined ? {} : { notes: [anyAddress] }),
  };
};

/**
 * The ports of a range; empty when the text is not a range, or when the range is too long to be
 * meant.
 */
function range(first: string, last: string | undefined): readonly number[] {
  const from = Number(first);
  const to = Number(last ?? first);
  if (from < 1 || to > 65535 || to < from || to - from > 99) return [];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

const builderKeys = ["target_port", "published_port"];
const composeKeys = ["host_ip", "app_protocol", "name"];

/** A port in the long form of Compose or hive-builder. */
export const longPortForm: FormReader = (value): PastedForm | undefined => {
  if (!isMap(value)) return undefined;
  const isBuilder = builderKeys.some((key) => key in value);
  const target = hiveNumber(value["target_port"] ?? value["target"]);
  const given = value["published_port"] ?? value["published"];
  const isForeign =
    isBuilder ||
    composeKeys.some((key) => key in value) ||
    typeof value["target"] === "string" ||
    (typeof given === "string" && given !== "auto") ||
    value["mode"] === "overlay";
  if (!isForeign || target === undefined) return undefined;
  // Neither system has a default of its own: a port is chosen.
  const published = given === undefined || given === "auto" ? "auto" : hiveNumber(given);
  if (published === undefined) return undefined;
  const { mode, app_protocol: spoken } = value;
  const protocol = spoken === "http" || spoken === "https" ? spoken : value["protocol"];
  return {
    message: isBuilder
      ? `has keys of ${hiveBuilder}`
      : "is not valid here: ports are numbers, and a port has target, published, protocol and mode",
    becomes: [
      {
        target,
        published,
        ...(protocol === undefined ? {} : { protocol }),
        // Some generators of Compose files say overlay for the mesh.
        ...(mode === undefined ? {} : { mode: mode === "overlay" ? "ingress" : mode }),
      },
    ],
    isItems: true,
    covers: [
      ...builderKeys,
      ...composeKeys,
      "target",
      "published",
      ...(mode === "overlay" ? ["mode"] : []),
    ],
    ...("host_ip" in value ? { notes: [anyAddress] } : {}),
    system: isBuilder ? hiveBuilder : compose,
  };
};

/** A port in any foreign form. */
export const portForm: FormReader = (value, place) =>
  isMap(value) ? longPortForm(value, place) : shortPortForm(value, place);
