import * as ec2 from "@pulumi/aws/ec2";
import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { getKey } from "@pulumi/aws/kms/getKey";
import type { Provider } from "@pulumi/aws/provider";
import * as servicequotas from "@pulumi/aws/servicequotas";
import * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../../model/plan";
import { InventoryError } from "../../../model/problem/problems";
import { reportProgress } from "../../../providers/progress/progress-line";
import { withDeadline } from "../../../providers/transport/deadline";
import { messageOf } from "../../../providers/transport/errors";
import { FleetError } from "../../fleet-error";
import type { AwsFleetPlan } from "../plan";
import { stageTags } from "../stage-tags";
import {
  type AccountFacts,
  accountProblems,
  type AddressUser,
  additionsOf,
  type KeyFacts,
  type Quota,
  quotaNames,
} from "./judge";
import { remedyOf } from "./remedies";

/** Limit for all questions together, seconds. The provider itself would try for many minutes. */
const answerSeconds = 90;

/**
 * Asks the account whether the stage can be made in it, through the provider's own functions, and
 * says which account it is. Called before anything is made or changed.
 *
 * @throws InventoryError with what the account lacks; FleetError when it cannot be asked
 */
export async function checkAccount(
  plan: Plan,
  fleet: AwsFleetPlan,
  provider: Provider,
): Promise<void> {
  const opts = { provider, async: true };
  const facts = await withDeadline(
    answerSeconds,
    () =>
      new FleetError(
        `AWS did not answer within ${answerSeconds} s. Nothing was changed. Check the network, the proxy (HTTPS_PROXY) and the region ${fleet.region}.`,
      ),
    async () => await askAccount(plan, fleet, opts),
  ).catch((error: unknown) => {
    throw error instanceof FleetError ? error : refusal(error);
  });
  const problems = accountProblems(plan.stage, fleet, facts);
  if (problems.length > 0) throw new InventoryError(problems);
}

async function askAccount(
  plan: Plan,
  fleet: AwsFleetPlan,
  opts: pulumi.InvokeOptions,
): Promise<AccountFacts> {
  // The first question alone: without credentials, all would be refused.
  const { accountId, arn } = await getCallerIdentity({}, opts);
  reportProgress(`stage: AWS account ${accountId}, region ${fleet.region}, as ${arn}`);
  const tags = { ...stageTags(plan) };
  const instanceStateNames = ["pending", "running", "stopping", "stopped"];
  const types = [...new Set(fleet.servers.map(({ instanceType }) => instanceType))];
  const { ami, kmsKey } = fleet.options;
  const [
    zones,
    imageFault,
    key,
    processors,
    eips,
    ownEips,
    vpcs,
    ownVpcs,
    instances,
    ownInstances,
  ] = await Promise.all([
    getAvailabilityZones({ state: "available" }, opts),
    imageFaultOf(ami, opts),
    kmsKey === undefined ? undefined : keyOf(kmsKey, opts),
    Promise.all(types.map(async (type) => [type, await processorsOf(type, opts)] as const)),
    ec2.getEips({}, opts),
    ec2.getEips({ tags }, opts),
    ec2.getVpcs({}, opts),
    ec2.getVpcs({ tags }, opts),
    ec2.getInstances({ instanceStateNames: ["pending", "running"] }, opts),
    ec2.getInstances({ instanceTags: tags, instanceStateNames }, opts),
  ]);
  const known = {
    account: accountId,
    zones: zones.names,
    ...(imageFault === undefined ? {} : { imageFault }),
    ...(key === undefined ? {} : { key }),
    processors: Object.fromEntries(processors),
    addresses: eips.allocationIds,
    users: await usersOf(
      Object.values(fleet.options.elasticIps).filter((id) => eips.allocationIds.includes(id)),
      opts,
    ),
    all: { vpcs: vpcs.ids.length, instances: instances.ids.length },
    own: {
      vpcs: ownVpcs.ids.length,
      addresses: ownEips.allocationIds.length,
      instances: ownInstances.ids,
    },
  };
  // A run that adds nothing needs no limits, and no right to read them.
  const added = additionsOf(fleet, known);
  const limit = async (quota: Quota): Promise<number | undefined> =>
    added[quota] === 0 ? undefined : await limitOf(quota, opts);
  const [vpcLimit, addressLimit, processorLimit] = await Promise.all([
    limit("vpcs"),
    limit("addresses"),
    limit("processors"),
  ]);
  const limits = { vpcs: vpcLimit, addresses: addressLimit, processors: processorLimit };
  return { ...known, limits };
}

/** Why the image of new servers cannot be had; undefined when it is there. */
async function imageFaultOf(ami: string, opts: pulumi.InvokeOptions): Promise<string | undefined> {
  try {
    if (ami.startsWith("/")) await ssm.getParameter({ name: ami }, opts);
    else await ec2.getAmi({ filters: [{ name: "image-id", values: [ami] }] }, opts);
    return undefined;
  } catch (error) {
    if (
      /ParameterNotFound|couldn't find resource|InvalidAMIID|query returned no results/i.test(
        messageOf(error),
      )
    )
      return "there is none of that name";
    throw error;
  }
}

/** The key that encrypts disks, or why it cannot be read. */
async function keyOf(keyId: string, opts: pulumi.InvokeOptions): Promise<KeyFacts> {
  try {
    const { enabled, keyState, keySpec } = await getKey({ keyId }, opts);
    return { enabled, keyState, keySpec };
  } catch (error) {
    const text = messageOf(error);
    if (/NotFoundException|couldn't find resource/i.test(text)) return { unread: "does not exist" };
    if (/AccessDenied|not authorized/i.test(text))
      return {
        unread: `may not be read with these credentials (kms:DescribeKey): ${shortened(text)}`,
      };
    throw error;
  }
}

/** Who uses each of some Elastic IPs, which the account has. */
async function usersOf(
  addresses: readonly string[],
  opts: pulumi.InvokeOptions,
): Promise<Readonly<Record<string, AddressUser>>> {
  const found = await Promise.all(
    addresses.map(async (address) => {
      const { instanceId, networkInterfaceId, associationId } = await ec2.getElasticIp(
        { id: address },
        opts,
      );
      // A free address has none of them: empty texts, or nothing at all.
      const ids: readonly (string | undefined)[] = [instanceId, networkInterfaceId];
      const id = ids.find((each) => each !== undefined && each !== "");
      return id === undefined ? [] : [[address, { id, association: associationId }] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** How many processors an instance type has; undefined when the region does not have the type. */
async function processorsOf(
  instanceType: string,
  opts: pulumi.InvokeOptions,
): Promise<number | undefined> {
  try {
    return (await ec2.getInstanceType({ instanceType }, opts)).defaultVcpus;
  } catch (error) {
    if (/InvalidInstanceType|no matching EC2 Instance Type/i.test(messageOf(error)))
      return undefined;
    throw error;
  }
}

/** A limit of the account; undefined when it does not tell: the run then finds out. */
async function limitOf(quota: Quota, opts: pulumi.InvokeOptions): Promise<number | undefined> {
  const { service: serviceCode, code: quotaCode, words } = quotaNames[quota];
  try {
    return (await servicequotas.getServiceQuota({ serviceCode, quotaCode }, opts)).value;
  } catch (error) {
    await pulumi.log.warn(
      `How many ${words} the account may have is not known, so it was not checked: ${shortened(messageOf(error))}`,
    );
    return undefined;
  }
}

function refusal(error: unknown): FleetError {
  const text = messageOf(error);
  const remedy = remedyOf(text);
  return new FleetError(
    [
      "The account of AWS could not be asked. Nothing was changed.",
      ...(remedy === undefined ? [] : [remedy]),
      `AWS says: ${shortened(text)}`,
    ].join("\n"),
  );
}

/** An error of the provider in one line, without what wraps it every time. */
function shortened(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/^invocation of \S+ returned an error: (1 error occurred: \* )?/i, "")
    .trim();
}
