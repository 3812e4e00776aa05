import type { Problem } from "../model/problem/problems";
import type { StageConfig } from "../model/stage/schema";
import { awsNeeds } from "./aws/needs";
import type { FleetKind } from "./traits";

/**
 * What a stage must say before a fleet of its kind can be built, although the stage can be planned
 * and shown without it. Pure, like `fleetTraits`.
 *
 * @param config keys with problems of their own are absent
 * @param locate the place of a key of the stage, without the prefix `hive:`
 */
export type BuildNeeds = (
  config: Partial<StageConfig>,
  locate: (key: string) => string,
) => readonly Problem[];

const needs: Readonly<Partial<Record<FleetKind, BuildNeeds>>> = { aws: awsNeeds };

/** The problems of a stage whose fleet is to be built; empty if there are none. */
export const fleetNeeds: BuildNeeds = (config, locate) =>
  config.fleet === undefined ? [] : (needs[config.fleet]?.(config, locate) ?? []);
