import { createServer } from "node:net";
import Docker from "dockerode";
import { MissingDockerError } from "../fleet-error";
import type { DockerFacts } from "./docker-facts";

/** How long the Docker Engine may take for one answer, milliseconds. */
const deadline = 5000;

/**
 * Reads the facts about this computer's Docker Engine that the plan of a container fleet depends
 * on. Changes nothing.
 *
 * @param ports - loopback ports that the fleet would publish; each is tested by binding it for an
 *   instant.
 * @throws MissingDockerError that says how to get a Docker Engine when none answers.
 */
export async function readDockerFacts(ports: readonly number[]): Promise<DockerFacts> {
  const docker = new Docker({ timeout: deadline });
  const [info, networks, containers] = await Promise.all([
    docker.info() as Promise<{ CgroupVersion?: string; OperatingSystem?: string }>,
    docker.listNetworks(),
    docker.listContainers({ all: true }),
  ]).catch((cause: unknown) => {
    throw new MissingDockerError(cause);
  });
  const holders = new Map(
    containers.flatMap((container) =>
      container.Ports.filter((port) => port.PublicPort !== undefined).map(
        (port) =>
          [port.PublicPort, container.Names[0]?.replace(/^\//, "") ?? container.Id] as const,
      ),
    ),
  );
  const busy = await Promise.all(
    ports.map(async (port) => ((await isFree(port)) ? [] : [{ port, holder: holders.get(port) }])),
  );
  return {
    platform:
      process.platform === "darwin" || process.platform === "win32" ? process.platform : "linux",
    desktop: info.OperatingSystem?.includes("Docker Desktop") ?? false,
    cgroupVersion: info.CgroupVersion === "2" ? 2 : 1,
    networks: networks.map((network) => ({
      name: network.Name,
      id: network.Id,
      labels: network.Labels ?? {},
      cidrs: (network.IPAM?.Config ?? []).flatMap((config) =>
        typeof config.Subnet === "string" ? [config.Subnet] : [],
      ),
    })),
    busyPorts: busy.flat().map(({ port, holder }) => ({
      address: "127.0.0.1",
      port,
      ...(holder === undefined ? {} : { holder }),
    })),
    containers: containers.map((container) => ({
      name: container.Names[0]?.replace(/^\//, "") ?? container.Id,
      id: container.Id,
      running: container.State === "running",
      labels: container.Labels,
    })),
  };
}

/** Whether a TCP port of 127.0.0.1 can be bound. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}
