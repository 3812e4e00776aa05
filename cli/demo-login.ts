import { demoSalts } from "../model/rules/demo-people";
import type { StageOutputs } from "./hosts/outputs";

/** The file with the people of the worked example. */
export const peopleFile = "site/data/people.ldif";

/** A demo person: docs/worked-example.md has the password, `people.ldif` its hash. */
const demo = { name: "queen", password: "Queen-of-hive-1", salt: demoSalts[0] };

/**
 * The login of a demo person, if the stage has the worked example with its people. Only the private
 * stage: elsewhere nobody should use it.
 *
 * @param people content of {@link peopleFile}; undefined if there is none
 */
export function demoLogin(
  { stage, services }: Pick<StageOutputs, "stage" | "services">,
  people: string | undefined,
): string | undefined {
  const hasExample = ["gate", "am", "ldap"].every((name) => name in services);
  const hasPerson = people?.includes(`{CRYPT}${demo.salt}`) === true;
  return stage === "private" && hasExample && hasPerson
    ? `${demo.name} / ${demo.password}`
    : undefined;
}
