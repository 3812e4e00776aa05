import { fleetTraits } from "../../../fleet/traits";
import { phases } from "../../../model/phases";
import type { HostPlan, OperatorPlan, Plan, PortPlan, ServicePlan } from "../../../model/plan";
import { planService } from "../../../model/planning/plan-service";

/** A plan with three cluster hosts and a repository server in `<prefix>.0/24`. */
export function samplePlan(prefix = "172.29.16", ports: readonly PortPlan[] = [webPort]): Plan {
  return {
    stage: "private",
    fleet: "container",
    traits: fleetTraits.container,
    siteName: "hive.example",
    network: { cidr: `${prefix}.0/24`, gateway: `${prefix}.1`, overlayPool: "10.224.0.0/12" },
    hosts: [0, 1, 2, 3].map((index) => sampleHost(index, prefix)),
    ssh: { user: "hive", port: 22, operators: [] },
    swarm: { heartbeatSeconds: 2, taskHistoryLimit: 1 },
    registry: { name: "registry.hive.example", port: 5000, address: "registry.hive.example:5000" },
    keyVersion: 1,
    images: [],
    overlays: [],
    volumes: [],
    secrets: [],
    configs: [],
    services: [sampleService(ports)],
    externals: [],
    values: [],
    notices: [],
    phases,
  };
}

/** Who may log in on the sample hosts. */
export const sampleOperators: readonly OperatorPlan[] = [
  { name: "anna", publicKey: "ssh-ed25519 AAAAanna" },
];

/** The port of the sample service. */
export const webPort: PortPlan = { target: 80, published: 80, protocol: "tcp", mode: "host" };

/** The host with this index. */
export function hostOf(plan: Plan, index: number): HostPlan {
  const host = plan.hosts[index];
  if (host === undefined) throw new Error(`The sample plan has no host ${index}.`);
  return host;
}

function sampleHost(index: number, prefix: string): HostPlan {
  return {
    index,
    name: `p-hive${index}.hive.example`,
    logicalName: `hive${index}`,
    role: index < 3 ? "cluster" : "repository",
    zone: `zone-${index % 3}`,
    privateAddress: `${prefix}.${4 + index}`,
    labels: {},
  };
}

function sampleService(ports: readonly PortPlan[]): ServicePlan {
  const service = planService(
    "web",
    { image: "docker.io/library/nginx@sha256:0", mode: "global" },
    { hosts: {}, replicatedVolumes: new Set() },
  );
  return { ...service, ports };
}
