import type * as pulumi from "@pulumi/pulumi";
import { clusterHosts, type Fleet, repositoryHost } from "../../fleet/fleet";
import type { Plan } from "../../model/plan";
import { HostSetup } from "../host-setup";
import { RepositoryServer } from "../repository-server";
import { SiteAuthority } from "../site-authority";
import { SiteSecrets } from "../site-secrets";
import { SwarmCluster } from "../swarm-cluster";
import type { PhaseComponent } from "./phase";
import { required } from "../required";

/** Result of the phase setup-hosts. */
export interface SiteHosts {
  readonly swarm: SwarmCluster;
  readonly repositoryServer: RepositoryServer;
  readonly secrets: SiteSecrets;
  /** By the hosts' names. */
  readonly setups: ReadonlyMap<string, HostSetup>;
}

/** Input of the phase setup-hosts. */
export interface SetupHostsArgs {
  readonly plan: Plan;
  readonly fleet: Fleet;
  /** `hive:secrets` of the stage. Secret. */
  readonly stageSecrets: pulumi.Output<Readonly<Record<string, string>>>;
  /** Filled here, by the hosts' names. */
  readonly setups: Map<string, HostSetup>;
}

/**
 * The phase setup-hosts: servers become hosts of the site, the cluster hosts form a Swarm, and the
 * extra host becomes the repository server.
 */
export function setupHosts(parent: PhaseComponent, args: SetupHostsArgs): SiteHosts {
  const { plan, fleet, setups } = args;
  const secrets = new SiteSecrets(
    "secrets",
    { secrets: plan.secrets, stageSecrets: args.stageSecrets },
    { parent },
  );
  const authority = new SiteAuthority("authority", { plan }, { parent });
  /**
   * The set-up of the previous cluster host. The repository server is not a member of the Swarm:
   * its restart does not endanger the quorum.
   */
  let previous: HostSetup | undefined;
  const members = clusterHosts(fleet);
  for (const host of fleet.hosts) {
    const setup: HostSetup = new HostSetup(
      `setup-${host.plan.logicalName}`,
      {
        plan,
        host,
        members,
        operators: fleet.operators,
        trustedAuthorities: authority.trusted,
        ...(previous === undefined || host.plan.role === "repository" ? {} : { after: previous }),
      },
      { parent },
    );
    setups.set(host.plan.name, setup);
    if (host.plan.role === "cluster") previous = setup;
  }
  const swarm = new SwarmCluster(
    "swarm",
    { plan, hosts: members },
    { parent, dependsOn: members.map((host) => required(setups, host.plan.name).engine) },
  );
  const host = repositoryHost(fleet);
  const repositoryServer = new RepositoryServer(
    "repository",
    {
      plan,
      host,
      setup: required(setups, host.plan.name),
      authority,
      trust: [...setups.values()].map(({ engine }) => engine),
    },
    { parent },
  );
  return { swarm, repositoryServer, secrets, setups };
}
