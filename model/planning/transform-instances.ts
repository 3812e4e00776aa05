import type { AwsOptions } from "../../fleet/aws/options";
import { fleetTraits } from "../../fleet/traits";
import type { ServerInstance, Transform, VolumeDisk } from "../inventory";
import type { ServerInstancePlan, VolumeDiskPlan } from "../instance-plan";
import type { HostPlan, StageName, VolumePlan } from "../plan";
import type { Problem } from "../problem/problems";
import { check } from "../schema/check";
import { serverInstanceSchema, volumeDiskSchema } from "../schema/instance";
import { planServerInstance, planVolumeDisk, serverInstance, volumeDisk } from "../server-instance";
import type { Stage } from "../stage/check-stage";
import { sameValue } from "../values/same-value";
import { sizeBytes, sizeText } from "../values/size";
import { askTransform, transformPath } from "./ask-transform";
import type { Fill } from "./fill-values";
import { needsDisk } from "./made-disks";

/** Things that the transform changes, and what is wrong with its answers. */
interface Transformed<Thing> {
  /** By name; what stays as hive makes it is absent. */
  readonly changed: Readonly<Record<string, Thing>>;
  readonly problems: readonly Problem[];
}

/** What the site's transform changes of what a fleet makes in a cloud. */
export interface TransformedCloud {
  /** By the servers' logical names. */
  readonly serverInstances: Readonly<Record<string, ServerInstancePlan>>;
  /** By the volumes' names. */
  readonly volumeDisks: Readonly<Record<string, VolumeDiskPlan>>;
  readonly problems: readonly Problem[];
}

/**
 * Asks the site's transform about the instances and disks of a stage; those of other fleets are
 * none of its.
 */
export function transformCloud(
  { name, config }: Stage,
  hosts: readonly HostPlan[],
  volumes: readonly VolumePlan[],
  { instance, disk }: Transform,
  fill: Fill,
): TransformedCloud {
  const { makesInstances = false, makesDisks = false } = fleetTraits[config.fleet];
  const none = { changed: {}, problems: [] };
  const instances =
    makesInstances && instance !== undefined
      ? transformInstances(name, hosts, config.aws, instance, fill)
      : none;
  const disks = makesDisks && disk !== undefined ? transformDisks(name, volumes, disk, fill) : none;
  return {
    serverInstances: instances.changed,
    volumeDisks: disks.changed,
    problems: [...instances.problems, ...disks.problems],
  };
}

/** Asks the site's transform about each instance of a fleet in AWS. */
function transformInstances(
  stage: StageName,
  hosts: readonly HostPlan[],
  options: AwsOptions,
  transform: NonNullable<Transform["instance"]>,
  fill: Fill,
): Transformed<ServerInstancePlan> {
  return collect(hosts, ({ logicalName: name, role }) => {
    const own = serverInstance(options, role);
    const answer = askTransform("instance", transform, own, { stage, name, role }, fill);
    if (answer.problem !== undefined) return { name, problems: [answer.problem] };
    const problems = formProblems("instance", name, serverInstanceSchema, answer.returned);
    if (problems.length > 0) return { name, problems };
    const wanted = planServerInstance(answer.returned as ServerInstance);
    return { name, ...(sameValue(wanted, planServerInstance(own)) ? {} : { wanted }) };
  });
}

/** Asks the site's transform about the disks of each volume that needs them. */
function transformDisks(
  stage: StageName,
  volumes: readonly VolumePlan[],
  transform: NonNullable<Transform["disk"]>,
  fill: Fill,
): Transformed<VolumeDiskPlan> {
  return collect(volumes.filter(needsDisk), ({ name, replication }) => {
    if (replication === undefined) return { name };
    const own = volumeDisk(replication);
    const answer = askTransform("disk", transform, own, { stage, name }, fill);
    if (answer.problem !== undefined) return { name, problems: [answer.problem] };
    const disk = answer.returned as VolumeDisk;
    const wrong = formProblems("disk", name, volumeDiskSchema, disk);
    const problems = wrong.length > 0 ? wrong : smallDisk(name, disk, replication.sizeBytes);
    if (problems.length > 0) return { name, problems };
    const wanted = planVolumeDisk(disk);
    return { name, ...(sameValue(wanted, planVolumeDisk(own)) ? {} : { wanted }) };
  });
}

/** What became of one thing. */
interface Outcome<Thing> {
  readonly name: string;
  /** Absent: it stays as hive makes it. */
  readonly wanted?: Thing;
  readonly problems?: readonly Problem[];
}

function collect<One, Thing>(
  all: readonly One[],
  ask: (one: One) => Outcome<Thing>,
): Transformed<Thing> {
  const outcomes = all.map(ask);
  return {
    changed: Object.fromEntries(
      outcomes.flatMap(({ name, wanted }) => (wanted === undefined ? [] : [[name, wanted]])),
    ),
    problems: outcomes.flatMap(({ problems = [] }) => problems),
  };
}

function formProblems(
  kind: "instance" | "disk",
  name: string,
  schema: Parameters<typeof check>[0],
  returned: object,
): readonly Problem[] {
  const checked = check(schema, returned, {
    locate: (path) => transformPath(kind, name, path),
    secret: () => false,
    name,
  });
  return checked.ok ? [] : checked.problems;
}

/** A disk on which its volume has no room. */
function smallDisk(name: string, { size }: VolumeDisk, volumeBytes: number): readonly Problem[] {
  if ((sizeBytes(size) ?? 0) >= volumeBytes) return [];
  const least = sizeText(volumeBytes);
  return [
    {
      path: transformPath("disk", name, ["size"]),
      value: size,
      message: `is smaller than the volume, ${least}`,
      remedy: `return at least "${least}", or make the volume smaller while nothing is on it`,
    },
  ];
}
