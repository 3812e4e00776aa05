import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stageFolder } from "../project";
import type { StageOutputs } from "./outputs";

/**
 * File with the names that a shell completes: one word a line, `host <name>` or `service <name>`.
 */
export function knownNamesFile(stage: string): string {
  return join(stageFolder(stage).path, "names");
}

/** Keeps the names of hosts and services for completion, which is too fast to ask Pulumi. */
export function rememberNames({ stage, access, services }: StageOutputs): void {
  const file = knownNamesFile(stage);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, namesText(access, services), { mode: 0o600 });
  } catch {
    // Completion is optional: a command must not fail because of it.
  }
}

/** The file's text. */
export function namesText(
  access: StageOutputs["access"],
  services: StageOutputs["services"],
): string {
  const hosts = access.map(({ name }) => (name.split(".")[0] ?? name).replace(/^[a-z]-/, ""));
  return [
    ...hosts.map((name) => `host ${name}\n`),
    ...Object.keys(services).map((name) => `service ${name}\n`),
  ].join("");
}
