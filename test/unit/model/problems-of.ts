import { InventoryError } from "../../../model/problem/problems";
import type { FileContent, FileLookup } from "../../../model/values/file-lookup";
import { planStack } from "../../../model/plan-site";
import { rawStage } from "./plans";

/** A digest that is one. */
export const digest = `sha256:${"0".repeat(64)}`;

/** A reference to an image that every stage takes. */
export const image = `docker.io/library/nginx@${digest}`;

/** Parts of a site, written without the compiler's help, as somebody without an editor does. */
export type LooseSite = Readonly<Record<string, unknown>>;

/** What a test changes about the stage. */
export interface StageChange {
  readonly stackName?: string;
  readonly config?: Readonly<Record<string, string>>;
  /** What the project has; default: everything. */
  readonly look?: FileLookup;
  /** Contents of the project's files; default: none is looked at. */
  readonly read?: FileContent;
}

/** The problems of a site as `path | remedy`, so that a test reads as the user does. */
export function problemsOf(site: LooseSite, stage: StageChange = {}): readonly string[] {
  return errorOf(site, stage)?.problems.map(({ path, remedy }) => `${path} | ${remedy}`) ?? [];
}

/** The problems of a site as `path: what is wrong`. */
export function faultsOf(site: LooseSite, stage: StageChange = {}): readonly string[] {
  return errorOf(site, stage)?.problems.map(({ path, message }) => `${path}: ${message}`) ?? [];
}

/** What a user sees of the problems; empty when there are none. */
export function textOf(site: LooseSite, stage: StageChange = {}): string {
  return errorOf(site, stage)?.message ?? "";
}

function errorOf(site: LooseSite, stage: StageChange): InventoryError | undefined {
  try {
    planStack({
      stackName: stage.stackName ?? "private",
      config: { ...rawStage, ...stage.config },
      site: { name: "hive.example", ...site },
      ...(stage.look === undefined ? {} : { look: stage.look, filesNeeded: true }),
      ...(stage.read === undefined ? {} : { read: stage.read, filesNeeded: true }),
    });
  } catch (error) {
    if (error instanceof InventoryError) return error;
    throw error;
  }
  return undefined;
}
