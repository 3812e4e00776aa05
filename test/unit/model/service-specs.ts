import type { ServiceSpec } from "../../../model/service/spec";

/** A small service in its normal form, with what a test wants otherwise. */
export function serviceSpec(changes: Partial<ServiceSpec> = {}): ServiceSpec {
  const rollout = {
    order: "stop-first" as const,
    parallelism: 1,
    delaySeconds: 0,
    monitorSeconds: 1,
    maxFailureRatio: 0,
  };
  return {
    name: "web",
    site: "hive.example",
    image: "registry.hive.example:5000/web@sha256:0123",
    mode: { kind: "replicated", replicas: 1 },
    environment: {},
    ports: [],
    endpointMode: "dnsrr",
    networks: [],
    mounts: [],
    secrets: [],
    configs: [],
    hosts: {},
    dns: { servers: [], search: [], options: [] },
    labels: {},
    containerLabels: {},
    placement: { constraints: [], spread: [], maxReplicasPerHost: 0 },
    restart: { condition: "any", delaySeconds: 1, maxAttempts: 0, windowSeconds: 0 },
    update: { ...rollout, onFailure: "rollback" },
    rollback: { ...rollout, onFailure: "pause" },
    stopGracePeriodSeconds: 10,
    groups: [],
    capabilities: { add: [], drop: [] },
    sysctls: {},
    ulimits: [],
    init: false,
    readOnly: false,
    tty: false,
    resources: { limits: {}, reservations: {} },
    ...changes,
  };
}
