import { sleep } from "../../../providers/transport/deadline";
import { messageOf } from "../../../providers/transport/errors";
import { FleetError } from "../../fleet-error";
import type { CreateRecovery, OpenCreate, Properties, StageFacts, TakenOver } from "../../recovery";
import { remedyOf } from "../prerequisites/remedies";
import { type Candidate, judgeCreate, kindOf, tagsOf, type Verdict } from "./judge";
import { attachedDisks, type Question } from "./kinds";
import { type Account, openAccount } from "./plugin";

/** After this time EC2 knows of everything that it was asked to make, milliseconds. */
const settlingTime = 5000;

/** An interrupted create with what becomes of it. */
interface Judged {
  readonly create: OpenCreate;
  readonly verdict: Verdict;
}

/** What becomes of interrupted creates in an account of AWS. */
export const awsCreates: CreateRecovery = {
  covers: (create) => kindOf(create) !== undefined,

  async settle(creates, facts, env, say) {
    const [first] = creates;
    if (first === undefined) return [];
    const account = await openAccount(env, first.account).catch(refuse);
    try {
      const judged = await judgeAll(account, creates, facts).catch(refuse);
      requireCertainty(facts.stage, judged);
      return await act(account, judged, say);
    } finally {
      account.close();
    }
  },
};

/**
 * Asks the account what the creates have made. EC2 may not know yet of what it has just made, so
 * what is not found is asked for once more.
 */
export async function judgeAll(
  account: Pick<Account, "ask" | "read">,
  creates: readonly OpenCreate[],
  facts: StageFacts,
  wait: () => Promise<void> = async () => await sleep(settlingTime),
): Promise<readonly Judged[]> {
  const judge = async (create: OpenCreate): Promise<Judged> => ({
    create,
    verdict: judgeCreate(create, await candidates(account, create, facts), facts),
  });
  const once = await Promise.all(creates.map(judge));
  const isMissing = ({ create, verdict }: Judged): boolean =>
    verdict.kind === "repeat" && kindOf(create)?.by !== "repeat";
  if (!once.some(isMissing)) return once;
  await wait();
  return await Promise.all(
    once.map(async (each) => (isMissing(each) ? await judge(each.create) : each)),
  );
}

/** What the account has of a create's kind, under its tags or its id, and the state has not. */
async function candidates(
  account: Pick<Account, "ask" | "read">,
  create: OpenCreate,
  { stage, knownIds }: StageFacts,
): Promise<readonly Candidate[]> {
  const kind = kindOf(create);
  const tags = tagsOf(create, stage) ?? {};
  const id = kind?.id?.(create.inputs);
  const question = kind?.question?.(tags);
  const ids =
    question === undefined
      ? id === undefined
        ? []
        : [id]
      : (await idsOf(account, question)).filter((each) => !knownIds.has(each));
  if (ids.length === 0) return [];
  const attached = kind?.createTime === undefined ? [] : await idsOf(account, attachedDisks(tags));
  const read = await Promise.all(ids.map(async (each) => await account.read(create.urn, each)));
  return read.flatMap((object) =>
    object === undefined
      ? []
      : [{ ...object, ...(attached.includes(object.id) ? { attached: true as const } : {}) }],
  );
}

async function idsOf(
  account: Pick<Account, "ask">,
  { token, args, ids, nothing }: Question,
): Promise<readonly string[]> {
  let answer: Properties;
  try {
    answer = await account.ask(token, args);
  } catch (error) {
    if (nothing?.test(messageOf(error)) === true) return [];
    throw error;
  }
  return ids(answer);
}

/** @throws FleetError that names what a person must look at */
export function requireCertainty(stage: string, judged: readonly Judged[]): void {
  const doubts = judged.flatMap(({ create, verdict }) =>
    verdict.kind === "doubt" ? [{ create, ...verdict }] : [],
  );
  if (doubts.length === 0) return;
  const lines = doubts.map(
    ({ create, ids, why }) => `  ${nameOf(create)}: ${[...ids, why].join(" ")}\n    ${create.urn}`,
  );
  throw new FleetError(
    `The last run was interrupted while it created these, and what the account has is not certainly what it left behind:\n${lines.join("\n")}\n` +
      "Nothing was changed. Look at each of them in the account. If this stage is to have it, import it into the state:\n" +
      `  npx hive pulumi -- refresh --stack ${stage} --import-pending-creates '<urn>' --import-pending-creates '<id>'\n` +
      "If nobody needs it, delete it there, e.g. `aws ec2 delete-volume --volume-id <id>`; if others do, take the tag hive:site\n" +
      "from it. Then run the command again.",
  );
}

/** Does what was decided, all at once: none of them depends on another one. */
async function act(
  account: Account,
  judged: readonly Judged[],
  say: (text: string) => void,
): Promise<readonly TakenOver[]> {
  const done = await Promise.allSettled(
    judged.map(async ({ create, verdict }): Promise<readonly TakenOver[]> => {
      if (verdict.kind === "remove") {
        const { candidate } = verdict;
        await account.remove(create.urn, candidate).catch((error: unknown) => {
          throw new Error(`${candidate.id} (${nameOf(create)}): ${wordsOf(error)}`);
        });
        say(
          `Removed ${candidate.id} (${nameOf(create)}), which an interrupted run had created and not noted.`,
        );
      }
      if (verdict.kind !== "take over") return [];
      const { id, properties } = verdict.candidate;
      say(
        `Took over ${id} (${nameOf(create)}), which an interrupted run had allocated and not noted.`,
      );
      return [{ urn: create.urn, id, outputs: properties }];
    }),
  );
  const failures = done.flatMap((each) =>
    each.status === "rejected" ? [messageOf(each.reason)] : [],
  );
  if (failures.length > 0)
    throw new FleetError(
      `An interrupted run had created these and not noted them, and they could not be removed:\n  ${failures.join("\n  ")}\n` +
        "Run the command again: it looks for what is left.",
    );
  return done.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
}

function refuse(error: unknown): never {
  if (error instanceof FleetError) throw error;
  const said = wordsOf(error);
  throw new FleetError(
    [
      "The last run was interrupted while it created objects in AWS, and the account could not be asked for them.",
      "Nothing was changed.",
      remedyOf(said),
      `AWS says: ${said}`,
    ]
      .filter((line) => line !== undefined)
      .join("\n"),
  );
}

/** What the provider says, in one line. */
function wordsOf(error: unknown): string {
  return messageOf(error).replace(/\s+/g, " ").trim();
}

/** Its name in the program, as the last part of a URN. */
function nameOf({ urn }: OpenCreate): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
