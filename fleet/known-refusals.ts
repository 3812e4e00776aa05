import { knownRefusals as ofAws, type KnownRefusal } from "./aws/prerequisites/remedies";

/** Refusals of the platforms of fleets whose own text does not say what to do. */
export const knownRefusals: readonly KnownRefusal[] = ofAws;
