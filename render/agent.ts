import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ConvergeFile, ConvergeStep } from "./converge";
import { quoteForUnit } from "./shell";
import { keepUnit } from "./systemd-unit";

/**
 * A program of `platform/agents` that runs on every cluster host and talks to its Docker Engine.
 */
export interface Agent {
  /** Folder in `platform/agents`, and on the host; the unit is `hive-<name>.service`. */
  readonly name: string;
  /** Its files, besides the engine client that all agents share. */
  readonly sources: readonly string[];
  /** The file that is run. */
  readonly program: string;
  /** Description of the unit; begins with a verb. */
  readonly description: string;
  /** The condition that the step checks at its end. */
  readonly check: string;
}

/** The part of a cluster host's converge step that installs an agent. */
export type AgentStep = Required<
  Pick<ConvergeStep, "files" | "packages" | "reactions" | "keeps" | "checks">
>;

/** Name of an agent's unit. */
function agentUnit({ name }: Agent): string {
  return `hive-${name}.service`;
}

/** Folder of the agents on a host, as in `platform/agents`. */
const folder = "/usr/local/lib/hive";

/**
 * The part of a cluster host's converge step that installs agents: their programs and units; it
 * also checks that they run. The text is the same on all hosts of all stages.
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

/** A file that is part of hive, like this one. */
function sourceFile(name: string): ConvergeFile {
  const content = readFileSync(join(__dirname, "../platform/agents", name), "utf8");
  return { path: `${folder}/${name}`, mode: "0644", content };
}

/**
 * An agent's unit. It may only talk to the Docker Engine's socket, and needs no user of its own for
 * that. (Access to the Docker Engine is as good as root, so this guards against errors in the
 * agent, not against a compromised agent.)
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
