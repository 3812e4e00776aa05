import type { EnginePort, EngineServiceSpec } from "../engine-api/service-spec";

/** The ports that a spec publishes with an explicit number. */
export function portsOf({ EndpointSpec: endpoint }: EngineServiceSpec): readonly EnginePort[] {
  return (endpoint?.Ports ?? []).filter(({ PublishedPort }) => (PublishedPort ?? 0) !== 0);
}

/**
 * Whether Swarm refuses two specs with these ports: only two host ports are allowed (swarmkit,
 * `checkPortConflicts`).
 */
export function excludeEachOther(one: EnginePort, other: EnginePort): boolean {
  return portKey(one) === portKey(other) && !(isHostPort(one) && isHostPort(other));
}

/** The ports in host mode, in the form of {@link portKey}. */
export function hostPorts(ports: readonly EnginePort[]): readonly string[] {
  return ports.filter(isHostPort).map(portKey);
}

/** `80/tcp`. */
export function portKey({ PublishedPort, Protocol }: EnginePort): string {
  return `${PublishedPort}/${Protocol ?? "tcp"}`;
}

function isHostPort({ PublishMode }: EnginePort): boolean {
  return PublishMode === "host";
}
