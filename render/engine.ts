import { registryAuthorityFile } from "../model/image/registry-authority";
import type { HostPlan, Plan } from "../model/plan";
import { agentStep } from "./agent";
import { colocation } from "./colocation";
import { renderConverge } from "./converge";
import {
  daemonJsonPath,
  dockerDropInPath,
  engineNeeds,
  renderDaemonJson,
  renderDockerDropIn,
} from "./daemon-json";
import {
  engineBack,
  inItsSwarm,
  leaveFirst,
  leaveSeconds,
  othersReachable,
  rejoinSeconds,
  restartSeconds,
  returnAfter,
  tasksBack,
  tasksSeconds,
} from "./engine-restart";
import { scheduler } from "./job-scheduler";
import { packageUpgrade, upgradeSeconds } from "./package-upgrade";
import { commandLine, quote } from "./shell";
import { keepUnit } from "./systemd-unit";
import { outOfSystemStore } from "./system-store";

/** Limit of the step without an upgrade of packages, seconds. */
const setUpSeconds = 900;

/** Limit of the step, seconds. */
export function engineStepSeconds(plan: Plan): number {
  return setUpSeconds + (packageUpgrade(plan) === undefined ? 0 : upgradeSeconds);
}

/**
 * The converge step for the Docker Engine: its settings, and its trust in the site's authority for
 * the registry, and for nothing else; on cluster hosts the agents that start scheduled jobs and
 * keep services together as well. On servers that are machines, the packages are upgraded here once
 * for each update.
 *
 * On a manager of a Swarm, the engine restarts only while all other managers are reachable, and the
 * step succeeds only when this manager is back: Ready and reachable. The hosts' steps run one after
 * the other, so the Swarm keeps its majority throughout.
 *
 * @param trustedAuthorities PEM of the site's own authority, and of the former one while it counts
 */
export function engineStep(plan: Plan, host: HostPlan, trustedAuthorities: string): string {
  const inCluster = host.role === "cluster";
  const agents = inCluster ? agentStep(scheduler, colocation) : undefined;
  const upgrade = packageUpgrade(plan);
  return renderConverge({
    title: "engine",
    files: [
      { path: daemonJsonPath, mode: "0644", content: renderDaemonJson(engineNeeds(plan, host)) },
      { path: dockerDropInPath, mode: "0644", content: renderDockerDropIn() },
      {
        path: registryAuthorityFile(plan.registry.address),
        mode: "0644",
        content: `${trustedAuthorities.trim()}\n`,
      },
      ...(agents?.files ?? []),
      ...(upgrade?.files ?? []),
    ],
    packages: agents?.packages ?? [],
    systemPackages: ({ dockerEngine }) => dockerEngine,
    reactions: [
      ...(upgrade?.reactions ?? []),
      {
        name: "restart-engine",
        on: [daemonJsonPath, dockerDropInPath],
        run: [
          othersReachable,
          leaveFirst,
          `systemctl daemon-reload\nsystemctl restart docker.service`,
          engineBack,
          returnAfter,
        ],
        timeoutSeconds: Math.max(restartSeconds, leaveSeconds) + 90,
      },
      ...(agents?.reactions ?? []),
    ],
    keeps: [
      outOfSystemStore(plan.siteName),
      keepUnit("docker.service"),
      {
        what: `groups of ${plan.ssh.user}`,
        holds: `id -nG ${quote(plan.ssh.user)} | tr ' ' '\\n' | grep -x docker > /dev/null`,
        make: commandLine("usermod", "--append", "--groups", "docker", plan.ssh.user),
      },
      ...(agents?.keeps ?? []),
    ],
    checks: [
      {
        what: "the Docker Engine answers",
        run: "docker info > /dev/null",
        withinSeconds: restartSeconds,
        remedy: "look with 'journalctl -u docker.service' on the host",
      },
      {
        what: `the Docker Engine knows itself as ${host.name}`,
        run: `test "$(docker info --format '{{.Name}}')" = ${quote(host.name)}`,
        remedy:
          "the host's name was changed after its Docker Engine started: restart docker.service on the host",
      },
      ...(agents?.checks ?? []),
      ...(inCluster
        ? [
            {
              what: "it is back in its Swarm, Ready and reachable",
              run: inItsSwarm,
              withinSeconds: rejoinSeconds,
              remedy:
                "if other servers are unreachable, bring them back first (docker start <server> for a container); if the Swarm has removed this one " +
                "meanwhile, run on it: sudo docker swarm leave --force",
            },
            {
              what: "the wait for its tasks has ended",
              run: tasksBack,
              withinSeconds: tasksSeconds + 20,
              wait: true,
            },
          ]
        : []),
    ],
    timeoutSeconds: engineStepSeconds(plan),
  });
}
