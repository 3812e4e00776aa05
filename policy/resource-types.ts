import type { Target } from "./rule";

/** Types of resources that rules ask for, as the engine names them. */
export const types = {
  fleet: "hive:index:AwsFleet",
  instance: "aws:ec2/instance:Instance",
  disk: "aws:ebs/volume:Volume",
  address: "aws:ec2/eip:Eip",
  ingressRule: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  egressRule: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  /** The older form of both, and the group, which may say what it lets in itself. */
  groupRule: "aws:ec2/securityGroupRule:SecurityGroupRule",
  group: "aws:ec2/securityGroup:SecurityGroup",
  zone: "aws:route53/zone:Zone",
  service: "pulumi-nodejs:dynamic/hive:SwarmService",
} as const;

/**
 * Whether a resource was there before hive, which looks it up and never deletes it: an address of
 * `hive:aws.elasticIps`.
 */
export function isGiven({ type, name }: Target): boolean {
  return type === types.address && name.endsWith("-given-ip");
}
