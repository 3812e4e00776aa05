import type { Site } from "../../model/inventory";

/** Why a part of a real site is not written in it yet. Closed: another reason needs a decision. */
export const reasons = [
  /** Folders and files of the servers, which nothing makes. */
  "folders of servers",
  /** Addresses that follow a service. */
  "virtual addresses",
  /** What a Swarm service cannot: privileges, the server's processes, devices. */
  "not in a Swarm",
] as const;

/** A reason of {@link reasons}. */
export type Reason = (typeof reasons)[number];

/** A real site in our own words, with what of it is left out. */
export interface SiteCase {
  /** Where it is described. */
  readonly source: string;
  readonly site: Site;
  /**
   * What a stage says beside its servers and secrets: `hive:values`, `hive:labels`. Default:
   * nothing.
   */
  readonly stage?: Readonly<Record<string, object>>;
  /** What is left out: by reason, what it is and where. */
  readonly waitsFor: Readonly<Partial<Record<Reason, string>>>;
}

/** A digest that stands for the one that an image has today. */
export const digest = `sha256:${"5".repeat(64)}`;

/** A reference by digest. */
export function pinned(name: string): string {
  return `docker.io/${name}@${digest}`;
}
