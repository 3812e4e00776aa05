import type { HostPlan, Plan } from "../../model/plan";
import { InventoryError, type Problem } from "../../model/problem/problems";
import type { ServerContainerPlan } from "../../model/server-container";
import { present } from "../../model/values/present";
import type { DockerFacts } from "./docker-facts";
import { containerNameProblems, networkName, networkProblems } from "./names";
import {
  busyPortProblems,
  collisionProblems,
  loopback,
  loopbackPort,
  portBase,
  publishedPorts,
  type PublishedPort,
} from "./ports";
import { outdatedServers, replacementProblems } from "./replacement";
import { containerOf, settingsOf } from "./server-settings";

/** The plan of a container fleet for this computer's Docker Engine. */
export interface ContainerFleetPlan {
  /** `<prefix><site name>`, e.g. `p-hive.example`. */
  readonly networkName: string;
  /**
   * The volume that all cluster servers mount, for the volume driver `hive-shared`, the stand-in
   * for replicated disks. It always exists, so that the first replicated volume replaces no server.
   */
  readonly sharedVolumeName: string;
  /**
   * `direct`: servers are reached by their private addresses. `loopback`: through ports on
   * 127.0.0.1.
   */
  readonly access: "direct" | "loopback";
  readonly cgroup: CgroupPlan;
  /**
   * Whether servers are replaced one at a time, each after the previous one is set up and healthy:
   * true when some of them exist and were made from another server image. Otherwise all are created
   * at once, as at the first run.
   */
  readonly oneByOne: boolean;
  /** In index order. */
  readonly servers: readonly ContainerServerPlan[];
}

/** The cgroup settings that systemd inside a container needs. */
export interface CgroupPlan {
  /** Paths of the computer that are mounted, writable, under the same path. */
  readonly mounts: readonly string[];
  readonly cgroupnsMode: "host" | "private";
}

/** One server as a container. */
export interface ContainerServerPlan {
  readonly host: HostPlan;
  /** The server's full name. */
  readonly containerName: string;
  /** The volume for `/var/lib/docker` of the server's own engine. */
  readonly volumeName: string;
  /** The address of SSH, seen from this computer. */
  readonly ssh: { readonly address: string; readonly port: number };
  /** Ports that the engine publishes on this computer; empty in `direct` access. */
  readonly published: readonly PublishedPort[];
  /** What the site's transform may change of it. */
  readonly container: ServerContainerPlan;
  /** Mark of what the site's transform has changed; absent where that is nothing. */
  readonly settings?: string;
}

/**
 * Plans the container fleet for this computer's Docker Engine.
 *
 * @throws InventoryError when a network overlaps, a name or a port is taken, or two ports collide;
 *   with all problems at once
 */
export function planContainerFleet(plan: Plan, facts: DockerFacts): ContainerFleetPlan {
  const problems = containerFleetProblems(plan, facts);
  if (problems.length > 0) throw new InventoryError(problems);
  const access = decideAccess(plan, facts);
  return {
    networkName: networkName(plan),
    sharedVolumeName: `${networkName(plan)}-shared`,
    access,
    cgroup: decideCgroup(facts),
    oneByOne: outdatedServers(plan, facts).length > 0,
    servers: plan.hosts.map((host) => planServer(plan, host, access)),
  };
}

/** The problems of the fleet on this computer's Docker Engine; empty if there are none. */
function containerFleetProblems(plan: Plan, facts: DockerFacts): readonly Problem[] {
  const problems = [
    ...networkProblems(plan, facts),
    ...containerNameProblems(plan, facts),
    ...replacementProblems(plan, facts),
  ];
  if (decideAccess(plan, facts) === "loopback") {
    problems.push(...collisionProblems(plan), ...busyPortProblems(plan, facts));
  }
  return problems;
}

function decideAccess(plan: Plan, facts: DockerFacts): "direct" | "loopback" {
  const wanted = plan.container?.access ?? "auto";
  if (wanted !== "auto") return wanted;
  // Only a Docker Engine on the same Linux kernel has its bridges in this computer's routing table.
  return facts.platform === "linux" && !facts.desktop ? "direct" : "loopback";
}

function decideCgroup(facts: DockerFacts): CgroupPlan {
  // On cgroup v1 systemd has to see the computer's own hierarchy; on v2 a private namespace is
  // writable as it is.
  return facts.cgroupVersion === 1
    ? { mounts: ["/sys/fs/cgroup"], cgroupnsMode: "host" }
    : { mounts: [], cgroupnsMode: "private" };
}

function planServer(
  plan: Plan,
  host: HostPlan,
  access: "direct" | "loopback",
): ContainerServerPlan {
  const base = portBase(plan);
  const address = access === "direct" ? host.privateAddress : loopback;
  const portOf = (port: number): number =>
    access === "direct" ? port : loopbackPort(base, host.index, port);
  return {
    host,
    containerName: host.name,
    volumeName: `${host.name}-docker`,
    ssh: { address, port: portOf(plan.ssh.port) },
    published: access === "direct" ? [] : publishedPorts(plan, host),
    container: containerOf(plan, host),
    ...present("settings", settingsOf(plan, host)),
  };
}
