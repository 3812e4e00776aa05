import { type Change, changesBetween } from "../model/changes/changes";
import { type ChangeLine, changeLines } from "../model/changes/lines";
import { type PlanSnapshot, readSnapshot, snapshotOf } from "../model/changes/snapshot";
import { phases } from "../model/phases";
import type { Plan } from "../model/plan";
import { readSiteContents } from "../providers/site-contents";
import { projectFolder } from "./project";
import type { StateResource } from "./pulumi/state";
import { componentType, readUrn } from "./pulumi/urn";
import { removalLines } from "./removals";
import type { Terminal } from "./terminal";

/** What a run will change. */
export interface ChangesOfRun {
  /**
   * What the plan is compared with: the last complete run, or nothing because the stage has nothing
   * yet. `unknown`: there are resources, but no run has noted what it built.
   */
  readonly comparedWith: "last complete run" | "nothing" | "unknown";
  readonly changes: readonly Change[];
  readonly lines: readonly ChangeLine[];
}

type Known = Pick<StateResource, "urn" | "outputs">;

/**
 * What a run of the plan will change, from the state and the site's files alone.
 *
 * @param resources of the stage's state; none if there is no stack
 */
export function changesOfRun(plan: Plan, resources: readonly Known[]): ChangesOfRun {
  return compare(plan, snapshotOf(plan, readSiteContents(plan, projectFolder)), resources);
}

/** {@link changesOfRun}, with the plan's snapshot. */
export function compare(
  plan: Pick<Plan, "phases" | "services" | "volumes">,
  after: PlanSnapshot,
  resources: readonly Known[],
): ChangesOfRun {
  const early = plan.phases.length < phases.length;
  const stops = early
    ? [line(`The run stops after ${plan.phases.at(-1)}; later phases wait.`)]
    : [];
  const before = lastCompleteRun(resources);
  if (before !== undefined) {
    const changes = changesBetween(before, after);
    // An incomplete run may have left what neither the last complete run nor the plan knows.
    const left = removals(
      {
        services: [...plan.services, ...before.services],
        volumes: [...plan.volumes, ...namesOf(before.objects.volume)],
      },
      resources,
    );
    const lines = changes.length === 0 && left.length > 0 ? [] : changeLines(changes);
    return { comparedWith: "last complete run", changes, lines: [...left, ...lines, ...stops] };
  }
  if (!resources.some(({ urn }) => !readUrn(urn).type.startsWith("pulumi:"))) {
    const changes = changesBetween(undefined, after);
    const lines = changeLines(changes, { folded: true });
    return {
      comparedWith: "nothing",
      changes,
      lines: [line("Nothing of it is there yet. The run builds:"), ...lines, ...stops],
    };
  }
  return {
    comparedWith: "unknown",
    changes: [],
    lines: [
      ...removals(plan, resources),
      line(
        "What has changed is not known: no complete run of this stage has noted what it built. The next one does.",
      ),
      ...stops,
    ],
  };
}

/**
 * What a release of some services will change in them, as far as it is known: the release changes
 * nothing else.
 */
export function changesOfRelease(
  plan: Plan,
  services: readonly string[],
  resources: readonly Known[],
): Pick<ChangesOfRun, "lines"> {
  return ofServices(changesOfRun(plan, resources), services);
}

/** The part of a run's changes that concerns some services. */
export function ofServices(
  { comparedWith, changes, lines }: ChangesOfRun,
  services: readonly string[],
): Pick<ChangesOfRun, "lines"> {
  if (comparedWith !== "last complete run")
    return { lines: lines.filter(({ losesData }) => !losesData) };
  const own = changes.filter(
    ({ thing, name }) =>
      (thing === "service" || thing === "root access") && services.includes(name),
  );
  const routes = changes.filter((one) => one.thing === "route" && services.includes(one.service));
  const names = services.join(", ");
  // A release does not touch the gate, and what it leaves must not look as if it were not there.
  const waiting =
    routes.length === 0 ? [] : [line(`The changed routes of ${names} wait for \`npx hive up\`.`)];
  if (own.length > 0) return { lines: [...changeLines(own), ...waiting] };
  const nothing = line(`Nothing in ${names} has changed since the last complete run.`);
  return { lines: waiting.length > 0 ? waiting : [nothing] };
}

/**
 * What has changed in the site since a revision of it.
 *
 * @param before the snapshot of that revision
 * @param name of the revision, for people
 */
export function changesSince(
  before: PlanSnapshot,
  plan: Plan,
  name: string,
): Pick<ChangesOfRun, "changes" | "lines"> {
  const after = snapshotOf(plan, readSiteContents(plan, projectFolder));
  const changes = changesBetween(before, after);
  const nothing = [line(`Nothing in the site has changed since ${name}.`)];
  return { changes, lines: changes.length === 0 ? nothing : changeLines(changes) };
}

/** Prints what a run will change; what loses data or gives root stands out. */
export function printChanges({ lines }: Pick<ChangesOfRun, "lines">, terminal: Terminal): void {
  for (const { text, losesData, givesRoot = false } of lines)
    terminal.print(losesData || givesRoot ? terminal.paint("yellow", text) : text);
}

/** What the last complete run has built; undefined when no run has noted it. */
function lastCompleteRun(resources: readonly Known[]): PlanSnapshot | undefined {
  const found = resources.find(({ urn }) => readUrn(urn).type === componentType("CompleteRun"));
  return readSnapshot(found?.outputs["snapshot"]);
}

function removals(
  plan: Parameters<typeof removalLines>[0],
  resources: readonly Known[],
): readonly ChangeLine[] {
  return removalLines(plan, resources).map((text) => ({ text, losesData: true }));
}

function namesOf(all: Readonly<Record<string, string>>): readonly { readonly name: string }[] {
  return Object.keys(all).map((name) => ({ name }));
}

function line(text: string): ChangeLine {
  return { text, losesData: false };
}
