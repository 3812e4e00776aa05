import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ConvergeFile, ConvergeStep } from "./converge";
import { quoteForUnit } from "./shell";

/** Name of the unit that starts scheduled jobs. */
export const jobSchedulerUnit = "hive-scheduler.service";

/** Where the scheduler's program lies on a host. */
const programFolder = "/usr/local/lib/hive/scheduler";

const unitPath = `/etc/systemd/system/${jobSchedulerUnit}`;

/** The files of `platform/agents/scheduler`; the last one is the program. */
const sources = ["cron.py", "decision.py", "engine.py", "scheduler.py"] as const;

/**
 * The part of a cluster host's converge step that keeps the agent which starts scheduled jobs: its program, its unit, and
 * that it runs. The same text on all hosts of all stages.
 */
export function jobScheduler(): Required<
  Pick<ConvergeStep, "files" | "packages" | "reactions" | "always" | "checks">
> {
  const files: ConvergeFile[] = [
    ...sources.map((name) => ({
      path: `${programFolder}/${name}`,
      mode: "0644",
      content: readSource(name),
    })),
    { path: unitPath, mode: "0644", content: renderJobSchedulerUnit() },
  ];
  return {
    files,
    packages: [{ name: "python3" }],
    reactions: [
      {
        name: "restart-scheduler",
        on: files.map(({ path }) => path),
        run: [`systemctl daemon-reload\nsystemctl restart ${jobSchedulerUnit}`],
      },
    ],
    always: [
      `
if ! systemctl is-enabled --quiet ${jobSchedulerUnit} || ! systemctl is-active --quiet ${jobSchedulerUnit}; then
  systemctl enable --now ${jobSchedulerUnit}
  echo "changed ${jobSchedulerUnit} to enabled and started"
fi
`.trim(),
    ],
    checks: [
      {
        what: "the agent that starts scheduled jobs runs",
        run: `systemctl is-active --quiet ${jobSchedulerUnit}`,
        remedy: `look with 'journalctl -u ${jobSchedulerUnit}' on the host`,
      },
    ],
  };
}

/**
 * The agent's unit. It may do nothing but talk to the engine's socket, and needs no user of its own for that. (Whoever may
 * talk to the engine is as good as root, so this guards against errors in the agent, not against a conquered one.)
 */
export function renderJobSchedulerUnit(): string {
  const program = ["/usr/bin/python3", "-s", "-E", "-B", `${programFolder}/scheduler.py`];
  return `# Kept by hive.
[Unit]
Description=Starts the scheduled jobs of the Swarm
After=docker.service
StartLimitIntervalSec=0

[Service]
ExecStart=${program.map(quoteForUnit).join(" ")}
Restart=always
RestartSec=5
DynamicUser=yes
SupplementaryGroups=docker
CapabilityBoundingSet=
LockPersonality=yes
MemoryDenyWriteExecute=yes
MemoryMax=64M
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
TasksMax=8
UMask=0077

[Install]
WantedBy=multi-user.target
`;
}

/** The text of a file that hive brings along; it is part of the program like this one. */
function readSource(name: (typeof sources)[number]): string {
  return readFileSync(join(__dirname, "../platform/agents/scheduler", name), "utf8");
}
