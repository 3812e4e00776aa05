import { readFileSync, writeFileSync } from "node:fs";
import { stageOf } from "../../model/stage/check-stage";
import { confirm } from "../confirm";
import { openStack } from "../pulumi/open-stack";
import type { Stack } from "../pulumi/stack";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { notUp, readOutputs, type StageOutputs } from "../hosts/outputs";
import { fetchMissingStageKey } from "../hosts/stage-key";
import { loadPlan } from "../plan";
import { stageFilePath } from "../project";
import { registryAccount } from "../promotion/accounts";
import { chooseDigest, imageNamed } from "../promotion/choose-image";
import { confirmCopy, copyImage, planCopy } from "../promotion/copy-image";
import { copyRows, progressPrinter } from "../promotion/progress-text";
import { askProof, notProven } from "../promotion/proof";
import type { Repository } from "../../providers/registry/client";
import { shortDigest } from "../releases/choose-release";
import { pinsIn, withoutPins, withPin } from "../releases/pins";
import { servicesOf } from "../releases/planned-service";
import { tableLines } from "../table";
import { processTerminal } from "../terminal";

/** Options of `hive promote`. */
export interface PromoteOptions {
  /** An image, or a service that runs it. */
  readonly image: string;
  readonly from: string;
  readonly to: string;
  /** Beginning of a digest. */
  readonly digest?: string;
  readonly yes: boolean;
}

/**
 * `hive promote`: brings an image of one stage into the registry of another, and pins it there.
 *
 * @throws Failure when the image is not proven on its stage and nobody named it by its digest
 */
export async function promote(options: PromoteOptions): Promise<number> {
  const { to, yes } = options;
  const from = stageOf(options.from);
  if (from === to)
    throw new Failure(
      `--from and --to are both ${to}: name two different stages.`,
      exitCodes.input,
    );
  const terminal = processTerminal();
  const plan = loadPlan(to, "names");
  const image = imageNamed(plan, options.image);
  const services = servicesOf(plan, image);
  const sourceStage = await openStage(from);
  const targetStage = await openStage(to);
  const known = sourceStage.outputs.images[image];
  const digest = chooseDigest(
    { image, releases: known?.releases ?? [], reference: known?.reference ?? "" },
    registryOf(sourceStage.outputs),
    options.digest,
  );
  const proof = await askProof(sourceStage.outputs, digest);
  // If the user named the image by its digest, the doubts are shown, and the user decides.
  if (proof.doubts.length > 0 && options.digest === undefined)
    throw notProven(image, digest, from, proof);
  const source = await repositoryOf(sourceStage, image, "pull");
  const target = await repositoryOf(targetStage, image, "push");
  const copy = await planCopy(source, target, digest);
  const path = stageFilePath(to);
  const pinned = pinsIn(readFileSync(path, "utf8"))[image];
  const complete = copy.missing.blobs.length + copy.missing.manifests.length === 0;
  terminal.print(
    [
      `${image} of the ${from} stage is copied to the ${to} stage of ${plan.siteName}:`,
      ...tableLines([
        ["  digest", digest],
        ...(proof.doubts.length === 0 ? proof.by : proof.doubts).map((line, index) => [
          index > 0 ? "" : proof.doubts.length === 0 ? "  proven by" : "  not proven",
          line,
        ]),
        ["  from", source.registry],
        ["  to", target.registry],
        ...copyRows(copy),
        [
          "  pinned in",
          `Pulumi.${to}.yaml, hive:pins${pinned === digest ? ": already there" : pinned === undefined ? ": commit it" : `, instead of ${shortDigest(pinned)}: commit it`}`,
        ],
      ]),
    ].join("\n"),
  );
  const next = nextStep(to, services);
  if (complete && pinned === digest) {
    terminal.print(`There is nothing to do. ${next}`);
    return exitCodes.ok;
  }
  if (!(await confirm({ text: "Go on? [y/N]" }, yes))) {
    terminal.print("Nothing was changed.");
    return exitCodes.ok;
  }
  await copyImage(source, target, copy.missing, progressPrinter(terminal));
  await confirmCopy(target, digest);
  // Read again: the user may have edited the file during the copy.
  const text = readFileSync(path, "utf8");
  const others = services.filter((service) => service !== image);
  writeFileSync(path, withPin(withoutPins(text, others), image, digest));
  terminal.print(
    `${terminal.paint("green", `${image} ${shortDigest(digest)} is in the registry of ${to} and pinned there.`)} ${next}`,
  );
  return exitCodes.ok;
}

function nextStep(stage: string, services: readonly string[]): string {
  const [service] = services;
  const roll =
    service === undefined
      ? `\`npx hive up --stack ${stage}\``
      : `\`npx hive deploy ${service} --stack ${stage}\` or \`npx hive up --stack ${stage}\``;
  return `${roll} rolls it out.`;
}

interface OpenStage {
  readonly stack: Stack;
  readonly outputs: StageOutputs;
}

async function openStage(stage: string): Promise<OpenStage> {
  const stack = await openStack(stage);
  if (!(await stack.exists())) throw notUp(stage);
  const outputs = readOutputs(stage, await stack.outputs());
  await fetchMissingStageKey(stack, outputs.operators);
  return { stack, outputs };
}

function registryOf({ stage, registry }: StageOutputs): string {
  if (registry?.address !== undefined) return registry.address;
  throw new Failure(
    `The stage ${stage} has no registry yet.\nBring it up with \`npx hive up --stack ${stage}\`.`,
  );
}

async function repositoryOf(
  { stack, outputs }: OpenStage,
  name: string,
  username: "push" | "pull",
): Promise<Repository> {
  const server = outputs.hosts.find(({ role }) => role === "repository");
  const host = outputs.access.find((access) => access.name === server?.name);
  if (host === undefined) throw notUp(outputs.stage);
  const registry = registryOf(outputs);
  return { host, registry, name, account: await registryAccount(stack, username) };
}
