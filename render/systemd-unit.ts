import { commandLine } from "./shell";

/** Commands for a reaction: systemd learns the changed unit and runs it, now and at every boot. */
export function startUnit(unit: string): string[] {
  return [
    "systemctl daemon-reload",
    commandLine("systemctl", "enable", unit),
    commandLine("systemctl", "restart", unit),
  ];
}

/** A command for `always`: starts a unit that was stopped or disabled by hand. Prints only if it did something. */
export function keepUnit(unit: string): string {
  return `
if ! ${commandLine("systemctl", "is-enabled", "--quiet", unit)} || ! ${commandLine("systemctl", "is-active", "--quiet", unit)}; then
  ${commandLine("systemctl", "enable", "--now", unit)}
  ${commandLine("echo", `changed ${unit} to enabled and started`)}
fi
`.trim();
}
