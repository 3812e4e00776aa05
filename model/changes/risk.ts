/** What can go wrong with a change, the worst first. */
export const riskKinds = ["data", "rights", "outage", "redundancy", "exposure", "cost"] as const;

/** A kind of risk. */
export type RiskKind = (typeof riskKinds)[number];

/** Something that whoever approves a change must know. */
export interface Risk {
  readonly kind: RiskKind;
  /** One sentence: what happens, to what. */
  readonly text: string;
}
