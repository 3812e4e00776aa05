import type { ConvergeStep } from "./converge";
import { commandLine } from "./shell";
import { keepUnit } from "./systemd-unit";

/**
 * A program that makes something so at every start of a server, and is asked by the converge step
 * whether it is.
 */
export interface BootProgram {
  /**
   * Lower-case words joined by dashes: `/usr/local/lib/hive/<name>`, and the unit
   * `hive-<name>.service`.
   */
  readonly name: string;
  /** The unit's description. */
  readonly description: string;
  /** Units that start after it. */
  readonly before: readonly string[];
  /** What it keeps, for messages. */
  readonly what: string;
  /**
   * Its text. With the argument `check` it changes nothing, and fails if something is to be
   * changed.
   */
  readonly program: string;
}

/** The part of a converge step that keeps such a program. */
export type BootProgramStep = Required<Pick<ConvergeStep, "files" | "reactions" | "keeps">>;

/** Renders the program, its unit, and what has to be so after the step. */
export function bootProgram({
  name,
  description,
  before,
  what,
  program,
}: BootProgram): BootProgramStep {
  const path = `/usr/local/lib/hive/${name}`;
  const unit = `hive-${name}.service`;
  const unitPath = `/etc/systemd/system/${unit}`;
  const text = `# Kept by hive.
[Unit]
Description=${description}
Before=${before.join(" ")}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${path}

[Install]
WantedBy=multi-user.target
`;
  return {
    files: [
      { path, mode: "0755", content: program },
      { path: unitPath, mode: "0644", content: text },
    ],
    reactions: [
      {
        name: `enable-${name}`,
        on: [unitPath],
        run: ["systemctl daemon-reload", commandLine("systemctl", "enable", unit)],
      },
    ],
    keeps: [keepUnit(unit), { what, holds: commandLine(path, "check"), make: path }],
  };
}
