import { messageOf } from "../../providers/transport/errors";
import { Failure } from "../failure";
import { clusterAccess, type StageOutputs } from "../hosts/outputs";
import { shortDigest } from "../releases/choose-release";
import { serviceContext } from "../status/context";
import { serviceProblems } from "../status/judge";
import type { ServiceStatus } from "../status/report";
import { serviceStatuses } from "../status/swarm-facts";
import { askSwarm } from "../swarm/facts";

/** Whether an image is proven on a stage. */
export interface Proof {
  /** Services that run it, each with its state. */
  readonly by: readonly string[];
  /** The doubts, in sentences; empty for a proven image. */
  readonly doubts: readonly string[];
}

/** How long the Swarm may take to answer, seconds. */
const deadlineSeconds = 10;

/**
 * Asks the Swarm of a stage whether an image is proven there. Never throws: no answer of the Swarm
 * is a doubt.
 */
export async function askProof(outputs: StageOutputs, digest: string): Promise<Proof> {
  try {
    const facts = await askSwarm(clusterAccess(outputs), deadlineSeconds);
    const context = serviceContext(outputs, undefined, Date.now());
    return proofOf(outputs.stage, serviceStatuses(facts, context), digest);
  } catch (error) {
    return { by: [], doubts: [`The Swarm did not answer: ${messageOf(error)}`] };
  }
}

/**
 * An image is proven on a stage when at least one service runs it with all of its tasks, and no
 * service that was deployed with it has problems or runs another image.
 */
export function proofOf(stage: string, services: readonly ServiceStatus[], digest: string): Proof {
  const names = (reference: string | undefined): boolean =>
    reference?.endsWith(`@${digest}`) === true;
  const running = services.filter(({ image }) => names(image));
  const doubts = services
    .filter(({ image, deployedImage }) => names(image) || names(deployedImage))
    .flatMap((service) => doubtsOf(service, stage, names(service.image)));
  const proving = running.filter((service) =>
    service.job === undefined ? service.running > 0 : service.job.state === "complete",
  );
  if (proving.length === 0 && doubts.length === 0)
    doubts.push(
      running.length === 0
        ? `No service uses it.`
        : `No task of ${running.map(({ name }) => name).join(", ")} has run with it yet.`,
    );
  return { by: proving.map(describe), doubts };
}

function doubtsOf(service: ServiceStatus, stage: string, runsIt: boolean): readonly string[] {
  const { update, ...steady } = service;
  const state = update?.state ?? "";
  // After a roll-back, the image that runs is proven, although the change failed.
  const settled = runsIt && state === "rollback_completed" ? steady : service;
  const changing = ["updating", "rollback_started"].includes(state)
    ? [`${service.name} is being changed at the moment.`]
    : [];
  return [...changing, ...serviceProblems(settled, stage)];
}

function describe({ name, job, running, wanted, hosts }: ServiceStatus): string {
  return job === undefined
    ? `${name}: ${running} of ${wanted} tasks run, on ${hosts.join(" ")}`
    : `${name}: its last run succeeded`;
}

/** The failure for an image that is not proven and was not named by its digest. */
export function notProven(image: string, digest: string, stage: string, proof: Proof): Failure {
  return new Failure(
    [
      `${image} ${shortDigest(digest)} is not proven on the stage ${stage}:`,
      ...proof.doubts.map((doubt) => `  - ${doubt}`),
      `Promote again when \`npx hive status --stack ${stage}\` shows that it runs. --digest ${shortDigest(digest)} promotes it anyway; ` +
        `the --digest of another release promotes that one (\`npx hive rollback ${image} --list --stack ${stage}\` lists them). Nothing was changed.`,
    ].join("\n"),
  );
}
