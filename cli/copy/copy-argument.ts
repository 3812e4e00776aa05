import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";

/** One side of a copy. */
export type CopySide =
  | { readonly kind: "stream" }
  | { readonly kind: "local"; readonly path: string }
  | {
      readonly kind: "service";
      readonly service: string;
      /** Absolute: a relative one begins at the container's root. */
      readonly path: string;
    };

/** A copy between this computer and a container. */
export type CopyDirection =
  | {
      readonly to: "container";
      readonly source: Exclude<CopySide, { kind: "service" }>;
      readonly destination: Extract<CopySide, { kind: "service" }>;
    }
  | {
      readonly to: "here";
      readonly source: Extract<CopySide, { kind: "service" }>;
      readonly destination: Exclude<CopySide, { kind: "service" }>;
    };

/**
 * Reads one side as `docker cp` does: `-` is a tar stream, `name:path` a service's container; a
 * path that begins with `/` or `.` is always one here, so that a file with a colon in its name can
 * be meant (`./a:b`).
 */
export function readSide(text: string): CopySide {
  if (text === "-") return { kind: "stream" };
  const colon = text.indexOf(":");
  const isPath = /^[./\\]/.test(text) || (process.platform === "win32" && colon === 1);
  if (isPath || colon < 1) return { kind: "local", path: text };
  const path = text.slice(colon + 1);
  return {
    kind: "service",
    service: text.slice(0, colon),
    path: path.startsWith("/") ? path : `/${path}`,
  };
}

/** What is copied where. @throws Failure unless exactly one side is a container */
export function readDirection(source: string, destination: string): CopyDirection {
  const from = readSide(source);
  const to = readSide(destination);
  if (from.kind !== "service" && to.kind === "service")
    return { to: "container", source: from, destination: to };
  if (from.kind === "service" && to.kind !== "service")
    return { to: "here", source: from, destination: to };
  const problem =
    from.kind === "service"
      ? "Both sides are containers: copy to this computer first, then from it."
      : "Neither side is a container.";
  throw new Failure(
    `${problem} Write one side as <service>:<path>, e.g. \`npx hive cp portal:/etc/nginx .\``,
    exitCodes.input,
  );
}
