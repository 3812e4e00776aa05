import type { DiskContent, ReplicaReport } from "./replica-report";
import { readStatus } from "./status";

/** What a server says of a volume, without its filesystem. */
export type VolumeSight = Omit<ReplicaReport, "filesystem">;

/** Exit code of drbdsetup for a resource that is not up. */
const noResource = 10;

/**
 * Reads what the script of a look printed (`render/drbd/host-command.ts`).
 *
 * @throws Error with drbdsetup's words when it could not ask the kernel: without its module, say
 */
export function readLook(text: string): VolumeSight {
  const at = text.search(/^status /m);
  const [code = "", ...rest] = text.slice(at).split("\n");
  const printed = rest.join("\n");
  const exit = Number(code.replace("status ", ""));
  if (at < 0 || (exit !== 0 && exit !== noResource)) throw new Error(printed.trim());
  const status = exit === 0 ? readStatus(printed) : undefined;
  const lines = new Map(
    text
      .slice(0, at)
      .split("\n")
      .map((line) => [line.replace(/ .*/, ""), line.replace(/^\S* ?/, "")]),
  );
  const size = lines.get("size");
  return {
    ...(size === undefined
      ? {}
      : {
          backing: {
            sizeBytes: Number(size),
            content: contentOf(lines.get("content") ?? "other something"),
          },
        }),
    file: lines.get("file") as VolumeSight["file"],
    isAdjusted: lines.has("adjusted"),
    ...(status === undefined ? {} : { status }),
  };
}

/** Reads what the script about the filesystem printed (`render/drbd/host-command.ts`). */
export function readFilesystem(text: string): Required<ReplicaReport>["filesystem"] {
  // 2: nothing. Another code, with several answers, say, is no filesystem that hive makes.
  if (!/^found [02]$/m.test(text))
    return {
      type: `something else (${text.trim().split("\n").slice(1).join("; ")})`,
      sizeBytes: 0,
    };
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1] ?? "";
  const fault = value("FAULT");
  return {
    type: value("TYPE"),
    sizeBytes: Number(value("FSLASTBLOCK")) * Number(value("FSBLOCKSIZE")),
    ...(fault === "" ? {} : { fault }),
  };
}

function contentOf(text: string): DiskContent {
  if (text === "blank") return { kind: "blank" };
  if (text === "drbd") return { kind: "drbd" };
  return { kind: "other", words: text.replace(/^other /, "") };
}
