import type { Properties } from "../../recovery";

/** A question to the account, by one of the provider's functions. */
export interface Question {
  readonly token: string;
  readonly args: Properties;
  /** Ids in the answer. */
  readonly ids: (answer: Properties) => readonly string[];
  /** The refusal of a function that answers with one object, when there is none. */
  readonly nothing?: RegExp;
}

/** How the object of an interrupted create is found, and what may be done with it. */
export interface OrphanKind {
  /**
   * `tags`: by the tags that the program gave it. `id`: its id follows from what the program asked
   * for. `repeat`: it is not looked for, because the create takes one that is there.
   */
  readonly by: "tags" | "id" | "repeat";
  /** Of a kind that is found by its tags. */
  readonly question?: (tags: Properties) => Question;
  /** Of a kind whose id follows: the id that the provider reads it by. */
  readonly id?: (inputs: Properties) => string | undefined;
  /**
   * Why an object may be more than what the create left behind: then it is not touched. Undefined:
   * it is not.
   */
  readonly oddity?: (object: Properties, inputs: Properties) => string | undefined;
  /** Its data would be lost: it must be certain that it is new. The output with its time. */
  readonly createTime?: string;
  /**
   * What becomes of it. An Elastic IP is taken over, because it may be one that a protected stage
   * has left in the account: its number must not be lost.
   */
  readonly end?: "take over";
}

/** All ids of a list. */
const listed =
  (list = "ids") =>
  (answer: Properties): readonly string[] => {
    const ids = answer[list];
    return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === "string") : [];
  };

const byTags = (
  token: string,
  rest: Partial<Omit<Question, "token">> = {},
): Pick<OrphanKind, "by" | "question"> => ({
  by: "tags",
  question: (tags) => ({ token, args: { tags }, ids: listed(), ...rest }),
});

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** An id that is made of inputs, each of which must be known. */
const joined =
  (separator: string, ...names: readonly string[]) =>
  (inputs: Properties): string | undefined => {
    const parts = names.map((name) => text(inputs[name]));
    return parts.includes("") ? undefined : parts.join(separator);
  };

/**
 * Everything that the fleet makes in an account, by type. A type that is missing here is not the
 * fleet's: a person must look.
 */
export const orphanKinds: Readonly<Record<string, OrphanKind>> = {
  "aws:ec2/vpc:Vpc": byTags("aws:ec2/getVpcs:getVpcs"),
  "aws:ec2/subnet:Subnet": byTags("aws:ec2/getSubnets:getSubnets"),
  "aws:ec2/internetGateway:InternetGateway": byTags(
    "aws:ec2/getInternetGateway:getInternetGateway",
    {
      ids: ({ internetGatewayId: id }) => (typeof id === "string" ? [id] : []),
      nothing: /no matching EC2 Internet Gateway/i,
    },
  ),
  "aws:ec2/routeTable:RouteTable": byTags("aws:ec2/getRouteTables:getRouteTables"),
  "aws:ec2/route:Route": {
    by: "id",
    id: joined("_", "routeTableId", "destinationCidrBlock"),
    oddity: ({ gatewayId }, inputs) =>
      gatewayId === inputs["gatewayId"] ? undefined : "leads elsewhere",
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    by: "id",
    id: joined("/", "subnetId", "routeTableId"),
  },
  "aws:ec2/securityGroup:SecurityGroup": byTags("aws:ec2/getSecurityGroups:getSecurityGroups"),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": byTags(
    "aws:vpc/getSecurityGroupRules:getSecurityGroupRules",
  ),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": byTags(
    "aws:vpc/getSecurityGroupRules:getSecurityGroupRules",
  ),
  "aws:ec2/eip:Eip": {
    ...byTags("aws:ec2/getEips:getEips", { ids: listed("allocationIds") }),
    oddity: ({ associationId }) => (text(associationId) === "" ? undefined : "is in use"),
    end: "take over",
  },
  "aws:ebs/volume:Volume": {
    ...byTags("aws:ebs/getEbsVolumes:getEbsVolumes"),
    oddity: ({ snapshotId }) =>
      text(snapshotId) === "" ? undefined : `was made from the snapshot ${text(snapshotId)}`,
    createTime: "createTime",
  },
  "aws:ec2/instance:Instance": {
    by: "tags",
    question: (tags) => ({
      token: "aws:ec2/getInstances:getInstances",
      // EC2 tells of a terminated instance for an hour.
      args: {
        instanceTags: tags,
        instanceStateNames: ["pending", "running", "stopping", "stopped"],
      },
      ids: listed(),
    }),
    oddity: instanceOddity,
  },
  // The provider looks whether the disk is attached, and what state the instance is in. EC2 takes
  // an address that the instance has already.
  "aws:ec2/volumeAttachment:VolumeAttachment": { by: "repeat" },
  "aws:ec2transitgateway/instanceState:InstanceState": { by: "repeat" },
  "aws:ec2/eipAssociation:EipAssociation": { by: "repeat" },
  // Their names end with what Pulumi drew by lot for this create, and the next one draws again.
  "aws:iam/role:Role": { by: "id", id: joined("", "name") },
  "aws:iam/rolePolicy:RolePolicy": { by: "id", id: joined(":", "role", "name") },
  "aws:iam/instanceProfile:InstanceProfile": { by: "id", id: joined("", "name") },
};

/** An instance of an interrupted create has nothing but what it was started with. */
function instanceOddity({
  disableApiTermination,
  publicIp,
  ebsBlockDevices,
}: Properties): string | undefined {
  if (disableApiTermination === true) return "is protected against termination";
  if (text(publicIp) !== "") return `has the address ${text(publicIp)}`;
  const disks = (Array.isArray(ebsBlockDevices) ? ebsBlockDevices : []) as readonly Properties[];
  const attached = disks.find((disk) => disk["deleteOnTermination"] === false);
  return attached === undefined ? undefined : `has the disk ${text(attached["volumeId"])}`;
}

/** Asks which of a stage's disks are attached to an instance. */
export function attachedDisks(tags: Properties): Question {
  const values = ["attaching", "attached", "detaching", "busy"];
  return {
    token: "aws:ebs/getEbsVolumes:getEbsVolumes",
    args: { tags, filters: [{ name: "attachment.status", values }] },
    ids: listed(),
  };
}
