import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ConvergeFile, ConvergeStep } from "./converge";
import { quoteForUnit } from "./shell";

/** A program of `platform/agents` that runs on every cluster host and talks to its engine. */
export interface Agent {
  /** Folder in `platform/agents`, and on the host; the unit is `hive-<name>.service`. */
  readonly name: string;
  /** Its files beside the engine client that all agents have. */
  readonly sources: readonly string[];
  /** The one of them that is run. */
  readonly program: string;
  /** What it does, as the unit's description: begins with a verb. */
  readonly description: string;
  /** What has to be so after the step, for the step's check. */
  readonly check: string;
}

/** The part of a cluster host's converge step that keeps an agent. */
export type AgentStep = Required<
  Pick<ConvergeStep, "files" | "packages" | "reactions" | "always" | "checks">
>;

/** Name of an agent's unit. */
export function agentUnit({ name }: Agent): string {
  return `hive-${name}.service`;
}

/** Where an agent's program lies on a host. */
function programFolder({ name }: Agent): string {
  return `/usr/local/lib/hive/${name}`;
}

/**
 * The part of a cluster host's converge step that keeps an agent: its program, its unit, and that it runs. The same text on all
 * hosts of all stages.
 */
export function agentStep(agent: Agent): AgentStep {
  const unit = agentUnit(agent);
  const files: ConvergeFile[] = [
    ...["../engine.py", ...agent.sources].map((source) => ({
      path: `${programFolder(agent)}/${source.replace("../", "")}`,
      mode: "0644",
      content: readFileSync(join(__dirname, "../platform/agents", agent.name, source), "utf8"),
    })),
    { path: `/etc/systemd/system/${unit}`, mode: "0644", content: renderAgentUnit(agent) },
  ];
  return {
    files,
    packages: [{ name: "python3" }],
    reactions: [
      {
        name: `restart-${agent.name}`,
        on: files.map(({ path }) => path),
        run: [`systemctl daemon-reload\nsystemctl restart ${unit}`],
      },
    ],
    always: [
      `
if ! systemctl is-enabled --quiet ${unit} || ! systemctl is-active --quiet ${unit}; then
  systemctl enable --now ${unit}
  echo "changed ${unit} to enabled and started"
fi
`.trim(),
    ],
    checks: [
      {
        what: agent.check,
        run: `systemctl is-active --quiet ${unit}`,
        remedy: `look with 'journalctl -u ${unit}' on the host`,
      },
    ],
  };
}

/**
 * An agent's unit. It may do nothing but talk to the engine's socket, and needs no user of its own for that. (Whoever may
 * talk to the engine is as good as root, so this guards against errors in the agent, not against a conquered one.)
 */
export function renderAgentUnit(agent: Agent): string {
  const program = [
    "/usr/bin/python3",
    "-s",
    "-E",
    "-B",
    `${programFolder(agent)}/${agent.program}`,
  ];
  return `# Kept by hive.
[Unit]
Description=${agent.description}
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
