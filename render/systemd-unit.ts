import type { ConvergeKeep } from "./converge";
import { commandLine } from "./shell";

/** Commands for a reaction: systemd loads the changed unit and runs it, now and at every boot. */
export function startUnit(unit: string): string[] {
  return [
    "systemctl daemon-reload",
    commandLine("systemctl", "enable", unit),
    commandLine("systemctl", "restart", unit),
  ];
}

/** Starts a unit that somebody stopped or disabled. */
export function keepUnit(unit: string): ConvergeKeep {
  const asked = (question: string): string => commandLine("systemctl", question, "--quiet", unit);
  return {
    what: `${unit}: enabled and started`,
    holds: `${asked("is-enabled")} && ${asked("is-active")}`,
    make: commandLine("systemctl", "enable", "--now", unit),
  };
}
