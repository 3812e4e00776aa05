import type { EnginePort, EngineServiceSpec } from "../engine-api/service-spec";

/** The ports that a spec publishes under a number of its own choice. */
export function portsOf({ EndpointSpec: endpoint }: EngineServiceSpec): readonly EnginePort[] {
  return (endpoint?.Ports ?? []).filter(({ PublishedPort }) => (PublishedPort ?? 0) !== 0);
}

/**
 * Whether an engine refuses two specs with these ports: only two host ports are let pass (swarmkit,
 * `checkPortConflicts`).
 */
export function excludeEachOther(one: EnginePort, other: EnginePort): boolean {
  return portKey(one) === portKey(other) && !(isHostPort(one) && isHostPort(other));
}

/** Those in host mode, as {@link portKey} writes them. */
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
