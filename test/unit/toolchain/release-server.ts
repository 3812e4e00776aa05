import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

/**
 * A stand-in for the servers of Pulumi's releases: it serves what it is given, and notes what was
 * asked.
 */
export interface ReleaseServer {
  /** For HIVE_DOWNLOADS. */
  url: string;
  /** Paths that were asked for. */
  asked: string[];
  /** What to answer, by path; anything else is 404. */
  files: Map<string, Buffer>;
  close: () => Promise<void>;
}

export async function releaseServer(): Promise<ReleaseServer> {
  const asked: string[] = [];
  const files = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const file = files.get(request.url ?? "");
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    files,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A release archive with scripts in the place of programs; each prints the version. */
export function archiveOf(
  folder: string,
  programs: string[],
  version: string,
): { archive: Buffer; sha256: string } {
  const tree = path.join(folder, `tree-${programs.join("-").replaceAll("/", "_")}`);
  for (const program of programs) {
    const file = path.join(tree, program);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho v${version}\n`);
    chmodSync(file, 0o755);
  }
  const file = path.join(folder, "archive.tar.gz");
  execFileSync("tar", ["-czf", file, "-C", tree, "."]);
  const archive = readFileSync(file);
  return { archive, sha256: createHash("sha256").update(archive).digest("hex") };
}
