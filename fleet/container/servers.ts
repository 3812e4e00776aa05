import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../../model/network/endpoint-url";
import type { OperatorPlan, Plan, PortPlan } from "../../model/plan";
import { FirstContact } from "../../providers/first-contact/resource";
import { SshKeyPair } from "../../providers/ssh-key-pair/resource";
import { firstContactStep } from "../../render/first-contact";
import { authorizedKeys } from "../../render/host-base";
import { authorizedKeysPath } from "../../render/sshd";
import { HiveComponent } from "../../providers/framework/hive-component";
import type { Fleet, FleetArgs, Host } from "../fleet";
import { inService } from "../in-service";
import { droppedCapabilities } from "./dropped-capabilities";
import type { ContainerFleetPlan, ContainerServerPlan } from "./plan";
import { RunningContainer } from "./running-container/resource";
import { serverImageLabel } from "./replacement";
import { serverImageContext, serverImageTag } from "./server-image";
import { settingsArgs } from "./settings-args";
import { serverSettingsLabel } from "./server-settings";
import { savedStageKey } from "./stage-key";

export interface ContainerFleetArgs extends FleetArgs {
  readonly plan: Plan;
  /**
   * The plan for this computer's Docker Engine: how servers are reached, and which ports are
   * published.
   */
  readonly fleet: ContainerFleetPlan;
}

/** The common parts of all servers. */
interface SharedParts {
  readonly network: docker.Network;
  readonly image: docker.RemoteImage;
  /** For the cluster servers. */
  readonly sharedVolume: docker.Volume;
  /** Key for the login on a new server, until its set-up has written the list of operators. */
  readonly bootstrapKey: SshKeyPair;
  /** Resources that must exist before the server's container is created or replaced. */
  readonly dependsOn: pulumi.Input<pulumi.Resource[]>;
}

/**
 * Path at which the driver `hive-shared` of the server image finds the volume that all cluster
 * servers share.
 */
const sharedFolder = "/var/lib/hive-shared";

/** The server image is a cache of this computer, like the base image: `destroy` leaves it. */
const imageRepository = "hive/server";

/**
 * Servers as containers of this computer's Docker Engine: each with systemd, sshd and a Docker
 * Engine of its own.
 *
 * Creates: 1 network, 1 image, 1 volume that the cluster servers share, a bootstrap key, and a key
 * for the operator where the stage names none; per server a volume for its engine's data, a host
 * key, the container, that it runs, and the first contact.
 */
export class ContainerFleet extends HiveComponent implements Fleet {
  readonly hosts: readonly Host[];
  readonly operators: pulumi.Output<readonly OperatorPlan[]>;
  private readonly plan: Plan;
  private readonly fleet: ContainerFleetPlan;

  constructor(name: string, args: ContainerFleetArgs, opts: pulumi.ComponentResourceOptions) {
    super("ContainerFleet", name, opts);
    this.plan = args.plan;
    this.fleet = args.fleet;

    this.operators = this.createOperators();
    const bootstrapKey = new SshKeyPair(
      this.child("bootstrap-key"),
      { comment: `bootstrap@${this.plan.siteName}` },
      { parent: this },
    );
    const network = this.createNetwork();
    const image = this.createImage();
    const sharedVolume = this.createSharedVolume();
    const hosts: Host[] = [];
    for (const server of args.fleet.servers) {
      const dependsOn = args.fleet.oneByOne ? inService(hosts.at(-1), args.setUp) : [];
      hosts.push(
        this.createHost(server, { network, image, sharedVolume, bootstrapKey, dependsOn }),
      );
    }
    this.hosts = hosts;

    this.registerOutputs({});
  }

  /**
   * The stage's operators; if it names none, the holder of the key that is generated here and kept
   * in the state.
   */
  private createOperators(): pulumi.Output<readonly OperatorPlan[]> {
    const { stage, siteName, ssh } = this.plan;
    if (ssh.operators.length > 0) return pulumi.output([...ssh.operators]);
    const name = `operator@${siteName}`;
    const key = new SshKeyPair(this.child("operator-key"), { comment: name }, { parent: this });
    return pulumi
      .all([key.hostKey, savedStageKey(stage, key)])
      .apply(([publicKey]) => [{ name, publicKey }]);
  }

  private createNetwork(): docker.Network {
    return new docker.Network(
      this.child("network"),
      {
        name: this.fleet.networkName,
        ipamConfigs: [{ subnet: this.plan.network.cidr, gateway: this.plan.network.gateway }],
        labels: this.labels(),
      },
      { parent: this, deleteBeforeReplace: true },
    );
  }

  private createSharedVolume(): docker.Volume {
    return new docker.Volume(
      this.child("shared-data"),
      { name: this.fleet.sharedVolumeName, labels: this.labels() },
      { parent: this },
    );
  }

  private createImage(): docker.RemoteImage {
    // A Dockerfile's content is not tracked by the provider: the hash in the tag makes a change
    // visible.
    const { updated } = this.plan;
    const tag = serverImageTag(this.plan);
    return new docker.RemoteImage(
      this.child("image"),
      {
        name: `${imageRepository}:${tag}`,
        build: {
          context: serverImageContext,
          labels: {
            "hive.image": "server",
            ...(updated === undefined ? {} : { "hive.updated": updated }),
          },
          // Steps that this computer remembers have the packages of before the update.
          ...(updated === undefined ? {} : { noCache: true }),
        },
        keepLocally: true,
      },
      { parent: this },
    );
  }

  private createHost(server: ContainerServerPlan, shared: SharedParts): Host {
    const name = this.child(server.host.logicalName);
    const hostKey = new SshKeyPair(
      `${name}-host-key`,
      { comment: server.host.name },
      { parent: this },
    );
    const volume = new docker.Volume(
      `${name}-engine-data`,
      { name: server.volumeName, labels: this.labels() },
      { parent: this },
    );
    const container = this.createContainer(name, server, { ...shared, volume, hostKey });
    const running = new RunningContainer(
      `${name}-power`,
      { containerName: server.containerName, containerId: container.id },
      { parent: this },
    );
    const access = pulumi.all([hostKey.hostKey, this.operators]).apply(([key]) => ({
      name: server.host.name,
      address: server.ssh.address,
      port: server.ssh.port,
      user: this.plan.ssh.user,
      hostKey: key,
      stage: this.plan.stage,
    }));
    const ready = new FirstContact(
      `${name}-first-contact`,
      {
        host: access,
        bootstrapKey: shared.bootstrapKey.privateKey,
        script: firstContactStep(this.plan.ssh.user),
        operators: this.operators.apply(authorizedKeys),
        incarnation: container.id,
      },
      { parent: this, dependsOn: [running], deletedWith: container },
    );
    return {
      plan: server.host,
      access,
      instanceId: container.id,
      publicAddress: pulumi.output(server.host.privateAddress),
      endpointOf: (port, protocol) => pulumi.output(endpointOf(server, port, protocol)),
      // Replicated volumes are folders of a volume that all cluster servers mount.
      disk: () => undefined,
      ready,
    };
  }

  private createContainer(
    name: string,
    server: ContainerServerPlan,
    parts: SharedParts & { readonly volume: docker.Volume; readonly hostKey: SshKeyPair },
  ): docker.Container {
    const { cgroup } = this.fleet;
    return new docker.Container(
      name,
      {
        name: server.containerName,
        hostname: server.host.name,
        image: parts.image.imageId,
        labels: [
          ...Object.entries(server.container.labels).map(([label, value]) => ({ label, value })),
          ...(server.settings === undefined
            ? []
            : [{ label: serverSettingsLabel, value: server.settings }]),
          // Shows the next run which servers have another image, see `oneByOne`.
          { label: serverImageLabel, value: serverImageTag(this.plan) },
        ],
        networksAdvanced: [{ name: parts.network.name, ipv4Address: server.host.privateAddress }],
        hosts: [
          ...this.plan.hosts.map((host) => ({ host: host.name, ip: host.privateAddress })),
          ...this.plan.hosts
            .filter((host) => host.role === "repository")
            .map((host) => ({ host: this.plan.registry.name, ip: host.privateAddress })),
        ],
        ports: server.published.map((port) => ({
          internal: port.containerPort,
          external: port.hostPort,
          ip: port.hostAddress,
          protocol: port.protocol,
        })),
        capabilities: { adds: ["ALL"], drops: droppedCapabilities.map((name) => `CAP_${name}`) },
        securityOpts: ["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"],
        cgroupnsMode: cgroup.cgroupnsMode,
        mounts: [
          ...cgroup.mounts.map((path) => ({ source: path, target: path, readOnly: false })),
          ...server.container.mounts,
        ].map((mount) => ({ type: "bind", ...mount })),
        tmpfs: server.container.tmpfs,
        ...settingsArgs(server.container),
        volumes: [
          { volumeName: parts.volume.name, containerPath: "/var/lib/docker" },
          ...(server.host.role === "cluster"
            ? [{ volumeName: parts.sharedVolume.name, containerPath: sharedFolder }]
            : []),
        ],
        uploads: [
          {
            file: "/etc/ssh/ssh_host_ed25519_key",
            content: parts.hostKey.privateKey,
            permissions: "0600",
          },
          {
            file: authorizedKeysPath(this.plan.ssh.user),
            content: pulumi.interpolate`${parts.bootstrapKey.publicKey}\n`,
            permissions: "0644",
          },
        ],
        restart: "unless-stopped",
        destroyGraceSeconds: 45,
        mustRun: true,
      },
      {
        parent: this,
        dependsOn: parts.dependsOn,
        // A container's name and address are fixed, so the old one must go first.
        deleteBeforeReplace: true,
        // The Docker Engine never stores `systempaths=unconfined`, so a refresh would always show a
        // difference. The set-up of hosts adds the names of later servers; another list here would
        // recreate every server.
        ignoreChanges: ["securityOpts", "hosts"],
      },
    );
  }

  /**
   * Labels in the provider's format; leftovers of an interrupted run are recognised by them.
   */
  private labels(): { label: string; value: string }[] {
    return [
      { label: "hive.site", value: this.plan.siteName },
      { label: "hive.stage", value: this.plan.stage },
    ];
  }
}

/**
 * The address of a published port on this computer, or the server's own address where servers are
 * reached directly.
 */
function endpointOf(
  server: ContainerServerPlan,
  port: number,
  protocol: PortPlan["protocol"],
): Endpoint {
  const published = server.published.find(
    (candidate) => candidate.containerPort === port && candidate.protocol === protocol,
  );
  return published === undefined
    ? { address: server.host.privateAddress, port }
    : { address: published.hostAddress, port: published.hostPort };
}
