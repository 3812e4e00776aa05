import * as ebs from "@pulumi/aws/ebs";
import * as ec2 from "@pulumi/aws/ec2";
import * as ec2transitgateway from "@pulumi/aws/ec2transitgateway";
import type * as iam from "@pulumi/aws/iam";
import { Provider } from "@pulumi/aws/provider";
import * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import type { HostPlan, OperatorPlan, Plan } from "../../model/plan";
import { HiveComponent } from "../../providers/framework/hive-component";
import { SshKeyPair } from "../../providers/ssh-key-pair/resource";
import { renderCloudConfig } from "../../render/cloud-init";
import { firstContactStep } from "../../render/first-contact";
import { authorizedKeys } from "../../render/host-base";
import { hostKeySeconds, replaceHostKeyCommand } from "../../render/host-key";
import type { Fleet, FleetArgs, Host } from "../fleet";
import { inService } from "../in-service";
import { diskPath, diskSettings } from "./disks";
import { FirstSession } from "./first-session/resource";
import { type AwsNetwork, createNetwork } from "./network";
import { observedParts } from "./observed-instance/ask";
import { ObservedInstance } from "./observed-instance/resource";
import type { AwsFleetPlan, DiskPlan, ServerPlan } from "./plan";
import { providerArgs } from "./provider-args";
import { createSessionManagerProfile } from "./session-manager";
import { stageTags } from "./stage-tags";

export interface AwsFleetArgs extends FleetArgs {
  readonly plan: Plan;
  readonly fleet: AwsFleetPlan;
  /** The account in which everything is made, as {@link accountOf} returns it. */
  readonly account: Provider;
}

/**
 * The stage's account. It is there before the fleet, because it is asked first whether the fleet
 * can be made in it.
 */
export function accountOf(fleet: AwsFleetPlan): Provider {
  return new Provider("fleet-account", providerArgs(fleet));
}

/** The common parts of all servers. */
interface SharedParts {
  readonly network: AwsNetwork;
  readonly ami: pulumi.Output<string>;
  readonly profile: iam.InstanceProfile | undefined;
  /** Key for the login on a new server, until its set-up has written the list of operators. */
  readonly bootstrapKey: SshKeyPair;
  /** Resources that must exist before the instance is created or replaced. */
  readonly dependsOn: pulumi.Input<pulumi.Resource[]>;
}

/** Options of resources and questions that go to the stage's account. */
type Owned = pulumi.CustomResourceOptions & {
  readonly parent: pulumi.Resource;
  readonly provider: Provider;
};

/** A disk of a volume, on one server. */
interface MadeDisk {
  readonly disk: DiskPlan;
  readonly volume: ebs.Volume;
}

/**
 * Servers as EC2 instances in a VPC of their own.
 *
 * Creates: the network, a bootstrap key, where the stage wants it a role for the Session Manager;
 * per server an address, a disk for each volume, the instance with its host keys, that it runs, the
 * connections of all of these, and the first session.
 *
 * Addresses and disks are kept when an instance is replaced. On a protected stage Pulumi refuses to
 * delete or replace any of the three before anything is touched: EC2's own termination protection
 * answers only after the server has lost its disks and its address.
 */
export class AwsFleet extends HiveComponent implements Fleet {
  readonly hosts: readonly Host[];
  readonly operators: pulumi.Output<readonly OperatorPlan[]>;
  private readonly plan: Plan;
  private readonly fleet: AwsFleetPlan;
  private readonly provider: Provider;

  constructor(name: string, args: AwsFleetArgs, opts: pulumi.ComponentResourceOptions) {
    super("AwsFleet", name, opts);
    this.plan = args.plan;
    this.fleet = args.fleet;
    this.operators = pulumi.output(args.plan.ssh.operators);
    this.provider = args.account;

    const naming = {
      child: (noun: string) => this.child(noun),
      tags: (noun: string) => this.tags(noun),
      opts: this.owned(),
    };
    const { fleet } = this;
    const network = createNetwork({ ...naming, fleet, cidr: this.plan.network.cidr });
    const profile = fleet.options.ssm ? createSessionManagerProfile(naming) : undefined;
    const ami = this.findImage();
    const bootstrapKey = new SshKeyPair(
      this.child("bootstrap-key"),
      { comment: `bootstrap@${this.plan.siteName}` },
      { parent: this },
    );
    const isFirstRun = this.hasNoInstances();
    const hosts: Host[] = [];
    for (const server of fleet.servers) {
      const before = hosts.at(-1);
      // At the first run all servers are made at once; later, a run that replaces several does so
      // one at a time.
      const dependsOn = isFirstRun.apply(async (isFirst) =>
        isFirst ? [] : await inService(before, args.setUp),
      );
      hosts.push(this.createHost(server, { network, profile, ami, bootstrapKey, dependsOn }));
    }
    this.hosts = hosts;

    // For the policy pack: at a first run, nothing orders the servers.
    this.registerOutputs({ firstRun: isFirstRun, sshPort: this.plan.ssh.port });
  }

  private createHost(server: ServerPlan, shared: SharedParts): Host {
    const { host } = server;
    const name = this.child(host.logicalName);
    const hostKey = new SshKeyPair(`${name}-host-key`, { comment: host.name }, { parent: this });
    const bootHostKey = new SshKeyPair(
      `${name}-boot-host-key`,
      { comment: `first boot of ${host.name}` },
      { parent: this },
    );
    const address = this.createAddress(name, server, shared.network);
    const disks = server.disks.map((disk) => ({
      disk,
      volume: this.createDisk(`${name}-${disk.volume}`, server, disk),
    }));
    const instance = this.createInstance(name, server, { ...shared, bootHostKey });
    const lost = this.observe(name, instance, { address, disks }).lost;
    const running = new ec2transitgateway.InstanceState(
      `${name}-power`,
      { instanceId: instance.id, state: "running" },
      this.owned({ replacementTrigger: lost.apply(({ power }) => power) }),
    );
    const association = new ec2.EipAssociation(
      `${name}-address`,
      { instanceId: instance.id, allocationId: address.id },
      // An address has one connection: that to the old server must go first.
      this.owned({
        deleteBeforeReplace: true,
        replacementTrigger: lost.apply((parts) => parts.address),
      }),
    );
    const attachments = disks.map(
      ({ disk, volume }) =>
        new ec2.VolumeAttachment(
          `${name}-${disk.volume}-attachment`,
          { instanceId: instance.id, volumeId: volume.id, deviceName: disk.deviceName },
          this.owned({
            deleteBeforeReplace: true,
            // A server that goes lets go of its disks after it has shut down. Detached before, they
            // could still be mounted.
            deletedWith: running,
            replacementTrigger: lost.apply((parts) => parts.disks[disk.volume] ?? 0),
          }),
        ),
    );
    const access = pulumi
      .all([hostKey.hostKey, address.publicIp])
      .apply(([key, publicAddress]) => ({
        name: host.name,
        address: publicAddress,
        port: this.plan.ssh.port,
        user: this.plan.ssh.user,
        hostKey: key,
        stage: this.plan.stage,
      }));
    const ready = new FirstSession(
      `${name}-first-session`,
      {
        host: access,
        bootstrapKey: shared.bootstrapKey.privateKey,
        bootHostKey: bootHostKey.hostKey,
        hostPrivateKey: hostKey.privateKey,
        keyCommand: replaceHostKeyCommand(),
        keySeconds: hostKeySeconds,
        script: firstContactStep(this.plan.ssh.user),
        operators: this.operators.apply(authorizedKeys),
        incarnation: instance.id,
      },
      {
        parent: this,
        dependsOn: [running, association, ...attachments, ...shared.network.ways],
        deletedWith: instance,
      },
    );
    return {
      plan: host,
      access,
      instanceId: instance.id,
      machine: pulumi.interpolate`${instance.id} ${instance.instanceType}`,
      publicAddress: address.publicIp,
      endpointOf: (port) =>
        address.publicIp.apply((publicAddress) => ({ address: publicAddress, port })),
      disk: (volume) => disks.find(({ disk }) => disk.volume === volume)?.volume.id.apply(diskPath),
      ready,
    };
  }

  /** Addresses that the stage brings are looked up only: hive never releases them. */
  private createAddress(
    name: string,
    { addressId, host }: ServerPlan,
    { gateway }: AwsNetwork,
  ): ec2.Eip {
    if (addressId !== undefined)
      return ec2.Eip.get(`${name}-given-ip`, addressId, undefined, this.owned());
    return new ec2.Eip(
      `${name}-ip`,
      { domain: "vpc", tags: this.tagsOf(host) },
      this.owned({ dependsOn: [gateway], ...this.kept() }),
    );
  }

  private createDisk(name: string, { host }: ServerPlan, disk: DiskPlan): ebs.Volume {
    return new ebs.Volume(
      name,
      {
        availabilityZone: host.zone,
        type: "gp3",
        size: disk.sizeGiB,
        ...diskSettings(disk, this.fleet.options),
        tags: {
          ...disk.tags,
          ...this.tagsOf(host),
          Name: `${host.name} ${disk.volume}`,
          "hive:volume": disk.volume,
        },
      },
      this.owned(this.kept()),
    );
  }

  private createInstance(
    name: string,
    { host, instanceType, root, tags }: ServerPlan,
    parts: SharedParts & { readonly bootHostKey: SshKeyPair },
  ): ec2.Instance {
    const { network, profile, bootstrapKey, bootHostKey } = parts;
    const subnet = network.subnets.get(host.zone);
    if (subnet === undefined) throw new Error(`There is no subnet in the zone ${host.zone}.`);
    const groups = host.role === "cluster" ? [network.hosts, network.published] : [network.hosts];
    return new ec2.Instance(
      name,
      {
        ami: parts.ami,
        instanceType,
        subnetId: subnet.id,
        privateIp: host.privateAddress,
        vpcSecurityGroupIds: groups.map(({ id }) => id),
        ...(profile === undefined ? {} : { iamInstanceProfile: profile.name }),
        userData: pulumi.secret(
          pulumi
            .all([bootstrapKey.publicKey, bootHostKey.privateKey, bootHostKey.hostKey])
            .apply(([loginKey, privateKey, publicKey]) =>
              renderCloudConfig({
                hostName: host.name,
                user: this.plan.ssh.user,
                sshPort: this.plan.ssh.port,
                loginKey,
                hostKey: { privateKey, publicKey },
              }),
            ),
        ),
        userDataReplaceOnChange: true,
        // Containers are one hop further away: they get no answer.
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: root.sizeGiB,
          ...diskSettings(root, this.fleet.options),
          deleteOnTermination: true,
          tags: { ...tags, ...this.tagsOf(host), Name: `${host.name} root` },
        },
        tags: { ...tags, ...this.tagsOf(host) },
      },
      this.owned({
        dependsOn: parts.dependsOn,
        // Its private address is fixed, so the old one must go first.
        deleteBeforeReplace: true,
        // A newer image is for new servers.
        ignoreChanges: ["ami"],
        ...(this.fleet.protect ? { protect: true } : {}),
      }),
    );
  }

  /** What EC2 says of an instance at this moment, compared with what it should have. */
  private observe(
    name: string,
    instance: ec2.Instance,
    { address, disks }: { readonly address: ec2.Eip; readonly disks: readonly MadeDisk[] },
  ): ObservedInstance {
    const options = this.owned();
    return new ObservedInstance(
      `${name}-observed`,
      {
        instanceId: instance.id,
        wanted: {
          address: address.publicIp,
          disks: Object.fromEntries(disks.map(({ disk, volume }) => [disk.volume, volume.id])),
        },
        observed: instance.id.apply(async (id) => {
          const parts = await observedParts(id, options);
          if (parts === undefined) await this.warnOfLoss(instance, id);
          return parts;
        }),
      },
      { parent: this },
    );
  }

  /** The provider's resource does not look, so a run would go on as if the server was there. */
  private async warnOfLoss(instance: ec2.Instance, id: string): Promise<void> {
    await pulumi.log.warn(
      `EC2 does not know the instance ${id}: it was terminated outside of Pulumi. ` +
        `\`npx hive up --stack ${this.plan.stage} --refresh\` makes another one, with the same address and disks.`,
      instance,
    );
  }

  /** The image of new servers. */
  private findImage(): pulumi.Output<string> {
    const { ami } = this.fleet.options;
    return ami.startsWith("/")
      ? ssm.getParameterOutput({ name: ami }, this.owned()).insecureValue
      : pulumi.output(ami);
  }

  /** Whether the stage has no server yet, running or not. */
  private hasNoInstances(): pulumi.Output<boolean> {
    return ec2
      .getInstancesOutput(
        {
          instanceTags: { ...stageTags(this.plan) },
          instanceStateNames: ["pending", "running", "stopping", "stopped"],
        },
        this.owned(),
      )
      .ids.apply((ids) => ids.length === 0);
  }

  /** Options of what outlives a protected stage: addresses, and disks with data. */
  private kept(): pulumi.CustomResourceOptions {
    return this.fleet.protect ? { protect: true, retainOnDelete: true } : {};
  }

  private owned(opts: pulumi.CustomResourceOptions = {}): Owned {
    return { ...opts, parent: this, provider: this.provider };
  }

  private tags(noun: string): Readonly<Record<string, string>> {
    return { Name: `${this.plan.stage} ${noun} of ${this.plan.siteName}`, ...stageTags(this.plan) };
  }

  private tagsOf(host: HostPlan): Readonly<Record<string, string>> {
    return { Name: host.name, ...stageTags(this.plan), "hive:role": host.role };
  }
}
