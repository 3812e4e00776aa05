import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { stageFileName } from "../stage-file";
import { shortName } from "../swarm/facts";
import type { StateResource } from "./state";
import { readUrn } from "./urn";

/** The part of a resource that tells what it is. */
type Known = Pick<StateResource, "urn" | "type" | "inputs" | "isProtected">;

/** Words for the types that a fleet protects, in the order in which they are told. */
const words: Readonly<Record<string, string>> = {
  "aws:ec2/instance:Instance": "servers",
  "aws:ebs/volume:Volume": "disks",
  "aws:ec2/eip:Eip": "addresses",
};

/**
 * What Pulumi refuses to delete, a line for each kind: `servers: p-hive0, p-hive1`. Empty if
 * nothing is protected. Pure.
 */
export function protectedThings(resources: readonly Known[]): readonly string[] {
  const found = resources.filter(({ isProtected }) => isProtected === true);
  const kinds = [...Object.values(words), "others"];
  return kinds.flatMap((kind) => {
    const names = found.filter(({ type }) => (words[type] ?? "others") === kind).map(nameOf);
    return names.length === 0 ? [] : [`${kind}: ${names.join(", ")}`];
  });
}

/** The name that hive tagged a thing with: its server's, and for a disk its volume's too. */
function nameOf({ urn, inputs }: Known): string {
  const tags = (inputs["tags"] ?? {}) as Readonly<Record<string, unknown>>;
  const { Name: name, "hive:volume": volume } = tags;
  if (typeof name !== "string") return readUrn(urn).name;
  const server = shortName(name);
  return typeof volume === "string" ? `${volume} of ${server}` : server;
}

/**
 * Refuses to destroy a stage while something of it is protected: Pulumi itself may notice after it
 * has deleted other things.
 *
 * @throws Failure that names what is protected, and the commands that would allow it
 */
export function requireUnprotected(stage: string, resources: readonly Known[]): void {
  const things = protectedThings(resources);
  if (things.length === 0) return;
  throw new Failure(
    `The stage ${stage} is protected:\n${things.map((line) => `  ${line}`).join("\n")}\n` +
      "Nothing was changed. To destroy it all the same, and keep its disks and addresses in the account:\n" +
      `  npx hive pulumi -- state unprotect --all --yes --stack ${stage}\n` +
      `  npx hive destroy --stack ${stage}\n` +
      `To delete disks and addresses too, with ALL DATA, write \`protect: false\` under hive:aws in ${stageFileName(stage)}, and:\n` +
      `  npx hive up --stack ${stage}\n` +
      `  npx hive destroy --stack ${stage}`,
    exitCodes.input,
  );
}
