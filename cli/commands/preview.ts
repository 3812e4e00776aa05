import { recoveryOf } from "../../fleet/recoveries";
import { changesMarkdown } from "../../model/changes/markdown";
import { risksOf } from "../../model/changes/risks";
import { snapshotOf } from "../../model/changes/snapshot";
import type { Plan } from "../../model/plan";
import { readSiteContents } from "../../providers/site-contents";
import { type ChangesOfRun, changesOfRun, changesSince, printChanges } from "../changes";
import { exitCodes } from "../exit-codes";
import { Failure, reportFailure } from "../failure";
import { missingIpvs } from "../ipvs";
import { loadPlan } from "../plan";
import { openStack } from "../pulumi/open-stack";
import { atRevision, type Revision } from "../revision";
import { processTerminal } from "../terminal";

/** Options of `hive preview`. */
export interface PreviewOptions {
  readonly stack: string;
  /** A revision of git to compare with. Default: what the last complete run has built. */
  readonly against?: string;
  /** `text` for people, `markdown` for a comment on a change request, `json` for programs. */
  readonly format: PreviewFormat;
}

/** A form of what `hive preview` prints. */
export type PreviewFormat = "text" | "markdown" | "json";

/** What `hive preview` finds. */
interface Found extends Pick<ChangesOfRun, "changes" | "lines"> {
  readonly comparedWith: ChangesOfRun["comparedWith"] | "revision";
  /** The commit that the site is compared with. */
  readonly revision?: string;
}

/**
 * `hive preview`: what `hive up` would change, from the state and the site's files; or what has
 * changed in the site since a revision, from its files alone.
 */
export async function preview(options: PreviewOptions): Promise<number> {
  const terminal = processTerminal();
  const plan = loadPlan(options.stack, "build");
  const { against } = options;
  const found = against === undefined ? await sinceLastRun(plan) : await since(against, plan);
  const warning = against === undefined ? await missingIpvs(plan, recoveryOf(plan)) : undefined;
  const warnings = [...plan.notices, ...(warning === undefined ? [] : [warning])];
  const { stage } = plan;
  const risks = risksOf(found.changes);
  const { lines, ...rest } = found;
  switch (options.format) {
    case "text":
      for (const text of warnings) terminal.print(terminal.paint("yellow", text));
      printChanges(found, terminal);
      break;
    case "markdown": {
      const comparedWith =
        against === undefined ? found.comparedWith : text(against, found.revision ?? "");
      terminal.print(changesMarkdown({ stage, comparedWith, lines, risks, warnings }));
      break;
    }
    case "json": {
      const texts = lines.map(({ text }) => text);
      const all = { stage, ...rest, risks, lines: texts, warnings };
      terminal.print(JSON.stringify(all, undefined, 2));
    }
  }
  return exitCodes.ok;
}

async function sinceLastRun(plan: Plan): Promise<Found> {
  const stack = await openStack(plan.stage);
  const resources = (await stack.exists()) ? (await stack.state()).resources : [];
  return changesOfRun(plan, resources);
}

async function since(name: string, plan: Plan): Promise<Found> {
  return await atRevision(name, (revision): Found => {
    const { folder, commit } = revision;
    const former = formerPlan(plan.stage, name, revision);
    const before = snapshotOf(former, readSiteContents(former, folder));
    const { changes, lines } = changesSince(before, plan, text(name, commit));
    return { comparedWith: "revision", revision: commit, changes, lines };
  });
}

/** The plan of the site at a revision. @throws Failure when the site was not right then */
function formerPlan(stage: string, name: string, { folder, commit }: Revision): Plan {
  try {
    return loadPlan(stage, "names", undefined, folder);
  } catch (error) {
    const { text: reason, exitCode } = reportFailure(error);
    throw new Failure(
      `The site at ${text(name, commit)} has no plan to compare with:\n${reason}`,
      exitCode,
    );
  }
}

/** A revision for people. */
function text(name: string, commit: string): string {
  return name.startsWith(commit) ? name : `${name} (${commit})`;
}
