import type { ConvergeStep } from "./converge";
import { commandLine } from "./shell";
import { keepUnit } from "./systemd-unit";

/**
 * A program that applies a setting at every boot of a server. The converge step uses it to check
 * the setting.
 */
export interface BootProgram {
  /**
   * Lower-case words joined by dashes; the name of the program `/usr/local/lib/hive/<name>` and of
   * the unit `hive-<name>.service`.
   */
  readonly name: string;
  /** The unit's description. */
  readonly description: string;
  /** Units that start after it. */
  readonly before: readonly string[];
  /** The setting that it applies, for messages. */
  readonly what: string;
  /**
   * Its text. With the argument `check` it changes nothing, and fails if a change is needed.
   */
  readonly program: string;
}

/** The part of a converge step that installs such a program. */
export type BootProgramStep = Required<Pick<ConvergeStep, "files" | "reactions" | "keeps">>;

/** Renders the program, its unit, and the step's check. */
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
