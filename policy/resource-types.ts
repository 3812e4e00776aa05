/** Types of resources that rules ask for, as the engine names them. */
export const types = {
  instance: "aws:ec2/instance:Instance",
  disk: "aws:ebs/volume:Volume",
  address: "aws:ec2/eip:Eip",
  ingressRule: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  zone: "aws:route53/zone:Zone",
  service: "pulumi-nodejs:dynamic/hive:SwarmService",
} as const;
