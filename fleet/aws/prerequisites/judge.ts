import { transformPath } from "../../../model/planning/ask-transform";
import { stageFile } from "../../../model/stage/check-stage";
import type { StageName } from "../../../model/plan";
import type { Problem } from "../../../model/problem/problems";
import type { AwsFleetPlan } from "../plan";

/** Limits of an account in one region that a stage can reach. */
export type Quota = "vpcs" | "addresses" | "processors";

/** What an account says of itself, as plain data. */
export interface AccountFacts {
  readonly account: string;
  /** Zones that the account may use. */
  readonly zones: readonly string[];
  /** Why the image of new servers cannot be had. Absent: it is there. */
  readonly imageFault?: string;
  /** The key that the stage names for its disks. Absent: it names none. */
  readonly key?: KeyFacts;
  /** Processors by instance type; undefined for a type that the region does not have. */
  readonly processors: Readonly<Record<string, number | undefined>>;
  /** Allocation ids of all Elastic IPs. */
  readonly addresses: readonly string[];
  /** Who uses the Elastic IPs that the stage names, by allocation id; free ones are not in it. */
  readonly users: Readonly<Record<string, AddressUser>>;
  /** How many there are in the region, whoever made them. */
  readonly all: { readonly vpcs: number; readonly instances: number };
  /** How many of these the stage has already. */
  readonly own: {
    readonly vpcs: number;
    readonly addresses: number;
    /** Ids, in whatever state but terminated. */
    readonly instances: readonly string[];
  };
  /** Undefined: the account does not tell. */
  readonly limits: Readonly<Record<Quota, number | undefined>>;
}

/** A key of KMS, in KMS's own words, or why it cannot be read. */
export type KeyFacts =
  | { readonly enabled: boolean; readonly keyState: string; readonly keySpec: string }
  | { readonly unread: string };

/** Who uses an Elastic IP. */
export interface AddressUser {
  /** Id of an instance, or of the network interface of something else. */
  readonly id: string;
  /** Id of the association. */
  readonly association: string;
}

/** The names of limits in the Service Quotas. */
export const quotaNames: Readonly<
  Record<Quota, { readonly service: string; readonly code: string; readonly words: string }>
> = {
  vpcs: { service: "vpc", code: "L-F678F1CE", words: "VPCs" },
  addresses: { service: "ec2", code: "L-0263D0A3", words: "Elastic IPs" },
  processors: {
    service: "ec2",
    code: "L-1216C47A",
    words: "processors (vCPUs) of running standard instances",
  },
};

/** What a run adds to the account, as far as it counts for limits. */
export type Additions = Readonly<Record<Quota, number>>;

/**
 * Compares an account with what a stage needs in it. Pure.
 *
 * @returns the problems that would end a run half-way; empty if there are none
 */
export function accountProblems(
  stage: StageName,
  fleet: AwsFleetPlan,
  facts: AccountFacts,
): readonly Problem[] {
  const at = (key: string): string => `${stageFile(stage)}: hive:${key}`;
  const { region, options } = fleet;
  const { zones, imageFault } = facts;
  const keyFault = facts.key === undefined ? undefined : keyFaultOf(facts.key);
  return [
    ...fleet.subnets.flatMap(({ zone }, place) =>
      zones.includes(zone)
        ? []
        : [
            {
              path: at(`zones[${place}]`),
              value: zone,
              message: `is no zone of ${region} that the account ${facts.account} may use`,
              remedy: `write some of ${zones.join(", ")}`,
            },
          ],
    ),
    ...(imageFault === undefined
      ? []
      : [
          {
            path: at("aws.ami"),
            value: options.ami,
            message: `cannot be found in ${region}: ${imageFault}`,
            remedy:
              "write the id of an image of that region, or the parameter of the Systems Manager that names one; the default is Debian's own",
          },
        ]),
    ...(keyFault === undefined
      ? []
      : [
          {
            path: at("aws.kmsKey"),
            value: options.kmsKey ?? "",
            message: `cannot encrypt disks: it ${keyFault}`,
            remedy: `write the ARN of a symmetric key that is enabled in ${region}, or leave the line out: the account's key for EBS is used then`,
          },
        ]),
    ...typeProblems(stage, fleet, facts),
    ...Object.entries(options.elasticIps).flatMap(([server, id]) => {
      const fault = addressFault(id, fleet, facts);
      return fault === undefined
        ? []
        : [{ path: at(`aws.elasticIps.${server}`), value: id, ...fault }];
    }),
    ...quotaProblems(fleet, facts),
  ];
}

/** Why a key cannot encrypt disks; undefined when it can. */
function keyFaultOf(key: KeyFacts): string | undefined {
  if ("unread" in key) return key.unread;
  if (!key.enabled) return `is not enabled (${key.keyState})`;
  return key.keySpec === "SYMMETRIC_DEFAULT" ? undefined : `is no symmetric key (${key.keySpec})`;
}

/** Why a server cannot have an Elastic IP that the stage names. */
function addressFault(
  id: string,
  { region }: AwsFleetPlan,
  { account, addresses, users, own }: AccountFacts,
): Pick<Problem, "message" | "remedy"> | undefined {
  if (!addresses.includes(id))
    return {
      message: `is no Elastic IP of the account ${account} in ${region}`,
      remedy: "write the allocation id of one that is there, or leave the line out",
    };
  const user = users[id];
  if (user === undefined || own.instances.includes(user.id)) return undefined;
  return {
    message: `is the address of ${user.id}, which is none of this stage: hive would take it away`,
    remedy: `write an address that nobody uses, or give this one up there first: aws ec2 disassociate-address --region ${region} --association-id ${user.association}`,
  };
}

/** Types that the region does not have: each once, where it is written. */
function typeProblems(
  stage: StageName,
  { region, options, servers }: AwsFleetPlan,
  { processors }: AccountFacts,
): readonly Problem[] {
  const written = servers
    .filter(({ instanceType }) => processors[instanceType] === undefined)
    .map(({ host: { role, logicalName }, instanceType }): [path: string, type: string] => [
      options.instanceTypes[role] === instanceType
        ? `${stageFile(stage)}: hive:aws.instanceTypes.${role}`
        : transformPath("instance", logicalName, ["type"]),
      instanceType,
    ]);
  return [...new Map(written)].map(([path, value]) => ({
    path,
    value,
    message: `is no instance type of ${region}`,
    remedy: `write one of that region; \`aws ec2 describe-instance-type-offerings --region ${region}\` lists them`,
  }));
}

/** What a run adds: what the stage has already stays. */
export function additionsOf(
  { servers }: AwsFleetPlan,
  { own, processors }: Pick<AccountFacts, "own" | "processors">,
): Additions {
  const isNew = servers.filter(({ addressId }) => addressId === undefined);
  // Which servers are missing is not known, only how many: at least the smallest ones.
  const sizes = servers
    .filter(({ instanceType }) => isStandard(instanceType))
    .map(({ instanceType }) => processors[instanceType] ?? 0)
    .sort((left, right) => left - right);
  const missing = Math.max(0, servers.length - own.instances.length);
  return {
    vpcs: own.vpcs === 0 ? 1 : 0,
    addresses: Math.max(0, isNew.length - own.addresses),
    processors: sizes
      .slice(0, Math.max(0, missing - (servers.length - sizes.length)))
      .reduce((sum, each) => sum + each, 0),
  };
}

/** Whether a type counts for the limit of standard instances: A, C, D, H, I, M, R, T, Z. */
function isStandard(type: string): boolean {
  return /^[acdhimrtz]\d/.test(type);
}

function quotaProblems(fleet: AwsFleetPlan, facts: AccountFacts): readonly Problem[] {
  const added = additionsOf(fleet, facts);
  const there: Additions = {
    vpcs: facts.all.vpcs,
    addresses: facts.addresses.length,
    // Each has one at least. What it has more is not asked: an account may have hundreds.
    processors: facts.all.instances,
  };
  return (["vpcs", "addresses", "processors"] as const).flatMap((quota) => {
    const limit = facts.limits[quota];
    if (limit === undefined || added[quota] === 0 || there[quota] + added[quota] <= limit)
      return [];
    const { service, code, words } = quotaNames[quota];
    const atLeast = quota === "processors" ? "at least " : "";
    return [
      {
        path: `AWS account ${facts.account}, region ${fleet.region}`,
        message: `it may have ${limit} ${words}, has ${atLeast}${there[quota]}, and this run adds ${added[quota]}`,
        remedy: `remove what nobody uses, or ask AWS for more: aws service-quotas request-service-quota-increase --region ${fleet.region} --service-code ${service} --quota-code ${code} --desired-value ${there[quota] + added[quota]}`,
      },
    ];
  });
}
