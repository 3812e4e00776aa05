import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ConvergeFile, ConvergeStep } from "./converge";
import { quoteForUnit } from "./shell";
import { keepUnit } from "./systemd-unit";

/** A program of `platform/agents` that runs on every cluster host and talks to its engine. */
export interface Agent {
  /** Folder in `platform/agents`, and on the host; the unit is `hive-<name>.service`. */
  readonly name: string;
  /** Its files, beside the engine client that all agents share. */
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
  Pick<ConvergeStep, "files" | "packages" | "reactions" | "keeps" | "checks">
>;

/** Name of an agent's unit. */
function agentUnit({ name }: Agent): string {
  return `hive-${name}.service`;
}

/** Where agents lie on a host, as in `platform/agents`. */
const folder = "/usr/local/lib/hive";

/**
 * The part of a cluster host's converge step that keeps agents: their programs, their units, and
 * that they run. The same text on all hosts of all stages.
 */
export function agentStep(...agents: readonly Agent[]): AgentStep {
  const client = sourceFile("engine_client.py");
  const own = agents.map((agent) => ({ agent, files: ownFiles(agent) }));
  return {
    files: [client, ...own.flatMap(({ files }) => files)],
    packages: [{ name: "python3" }],
    reactions: own.map(({ agent, files }) => ({
      name: `restart-${agent.name}`,
      on: [client, ...files].map(({ path }) => path),
      run: [`systemctl daemon-reload\nsystemctl restart ${agentUnit(agent)}`],
    })),
    keeps: agents.map(agentUnit).map(keepUnit),
    checks: agents.map((agent) => ({
      what: agent.check,
      run: `systemctl is-active --quiet ${agentUnit(agent)}`,
      remedy: `look with 'journalctl -u ${agentUnit(agent)}' on the host`,
    })),
  };
}

function ownFiles(agent: Agent): readonly ConvergeFile[] {
  const path = `/etc/systemd/system/${agentUnit(agent)}`;
  return [
    ...agent.sources.map((source) => sourceFile(`${agent.name}/${source}`)),
    { path, mode: "0644", content: renderAgentUnit(agent) },
  ];
}

/** A file that hive brings along; it is part of the program like this one. */
function sourceFile(name: string): ConvergeFile {
  const content = readFileSync(join(__dirname, "../platform/agents", name), "utf8");
  return { path: `${folder}/${name}`, mode: "0644", content };
}

/**
 * An agent's unit. It may do nothing but talk to the engine's socket, and needs no user of its own
 * for that. (Whoever may talk to the engine is as good as root, so this guards against errors in
 * the agent, not against a conquered one.)
 */
export function renderAgentUnit(agent: Agent): string {
  const program = [
    "/usr/bin/python3",
    "-s",
    "-E",
    "-B",
    `${folder}/${agent.name}/${agent.program}`,
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
