import { printableValue } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { forEachService } from "./rule";

/**
 * Salts of the password hashes of the worked example's demo people (`site/data/people.ldif`), whose
 * passwords are in `docs/worked-example.md` for everybody to read: queen, worker, drone.
 */
export const demoSalts = [
  "$6$a4789d4e9f62fed0$",
  "$6$f30672c9221f4491$",
  "$6$df0b8e2fb9227f02$",
] as const;

/** No initial data of a stage but the private one have a demo person, in whatever file. */
export const demoPeopleProblems = forEachService(({ name, service }, { stage, read }) => {
  if (stage === "private") return [];
  return (service.initialize ?? []).flatMap(({ input }, index) => {
    const content = input === undefined ? undefined : read(input)?.toString();
    if (!demoSalts.some((salt) => content?.includes(salt) === true)) return [];
    return [
      {
        path: servicePath(name, ["initialize", index, "input"]),
        value: printableValue(input) ?? "",
        message: `has demo people, whose passwords everybody can read in docs/worked-example.md; ${stage} does not start with them`,
        remedy:
          'take them out, or name a file with your own people for this stage: see "Make it yours" in docs/worked-example.md',
      },
    ];
  });
});
