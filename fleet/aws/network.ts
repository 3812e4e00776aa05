import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsFleetPlan } from "./plan";
import type { IngressRule } from "./security-rules";

/** How the parts of the network are named and tagged, and whose children they are. */
export interface NetworkArgs {
  readonly fleet: AwsFleetPlan;
  readonly cidr: string;
  /** Name in the resource tree of a part. */
  readonly child: (noun: string) => string;
  /** Tags of a part with a name. */
  readonly tags: (name: string) => Readonly<Record<string, string>>;
  readonly opts: pulumi.CustomResourceOptions;
}

/** The network in which servers are made. */
export interface AwsNetwork {
  readonly gateway: ec2.InternetGateway;
  /** By zone. */
  readonly subnets: ReadonlyMap<string, ec2.Subnet>;
  /** Of all servers: SSH, what servers send each other, and the way out. */
  readonly hosts: ec2.SecurityGroup;
  /** Of the cluster servers: what services publish. */
  readonly published: ec2.SecurityGroup;
  /** Everything that must be there before a server is of use: the way out, and the rules. */
  readonly ways: readonly pulumi.Resource[];
}

/**
 * Makes a VPC with a subnet in each zone, an internet gateway with the route to it, and two
 * security groups whose rules are resources of their own: a rule that changes touches no other.
 */
export function createNetwork({ fleet, cidr, child, tags, opts }: NetworkArgs): AwsNetwork {
  const network = new ec2.Vpc(
    child("network"),
    {
      cidrBlock: cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: tags("network"),
    },
    opts,
  );
  const gateway = new ec2.InternetGateway(
    child("gateway"),
    { vpcId: network.id, tags: tags("gateway") },
    opts,
  );
  const routes = new ec2.RouteTable(
    child("routes"),
    { vpcId: network.id, tags: tags("routes") },
    opts,
  );
  const wayOut = new ec2.Route(
    child("route-out"),
    { routeTableId: routes.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
    opts,
  );
  const ways: pulumi.Resource[] = [wayOut];
  const subnets = new Map<string, ec2.Subnet>();
  for (const { zone, cidr: part } of fleet.subnets) {
    const subnet = new ec2.Subnet(
      child(`subnet-${zone}`),
      {
        vpcId: network.id,
        cidrBlock: part,
        availabilityZone: zone,
        // Servers have Elastic IPs, and no other public address.
        mapPublicIpOnLaunch: false,
        tags: tags(`subnet-${zone}`),
      },
      opts,
    );
    subnets.set(zone, subnet);
    ways.push(
      new ec2.RouteTableAssociation(
        child(`subnet-${zone}-routes`),
        { subnetId: subnet.id, routeTableId: routes.id },
        opts,
      ),
    );
  }
  const group = (name: IngressRule["group"], description: string): ec2.SecurityGroup =>
    new ec2.SecurityGroup(
      child(`${name}-group`),
      { vpcId: network.id, description, tags: tags(`${name}-group`) },
      opts,
    );
  const groups = {
    hosts: group("hosts", "All servers: SSH for operators, and what servers send each other"),
    published: group("published", "Cluster servers: what services publish"),
  };
  for (const rule of fleet.rules) ways.push(createRule(rule, groups, { child, tags, opts }));
  ways.push(
    new vpc.SecurityGroupEgressRule(
      child("rule-out"),
      {
        securityGroupId: groups.hosts.id,
        ipProtocol: "-1",
        cidrIpv4: "0.0.0.0/0",
        description: "Packages, images, names and time from outside",
        tags: tags("rule-out"),
      },
      opts,
    ),
  );
  return { gateway, subnets, ...groups, ways };
}

function createRule(
  { name, group, protocol, port, source, description }: IngressRule,
  groups: Readonly<Record<IngressRule["group"], ec2.SecurityGroup>>,
  { child, tags, opts }: Pick<NetworkArgs, "child" | "tags" | "opts">,
): vpc.SecurityGroupIngressRule {
  return new vpc.SecurityGroupIngressRule(
    child(`rule-${name}`),
    {
      securityGroupId: groups[group].id,
      ipProtocol: protocol,
      ...(port === undefined ? {} : { fromPort: port, toPort: port }),
      ...(source === "hosts"
        ? { referencedSecurityGroupId: groups.hosts.id }
        : { cidrIpv4: source.cidr }),
      description,
      tags: tags(`rule-${name}`),
    },
    opts,
  );
}
