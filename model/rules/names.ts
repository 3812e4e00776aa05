import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { forEachService } from "./rule";

/** Names that must be unique within a service. */
export const doubledNameProblems = forEachService(({ name, service }) => [
  ...doubled(
    name,
    "initialize",
    (service.initialize ?? []).map((step) => step.name),
    ["name"],
  ),
  ...doubled(
    name,
    "backups",
    (service.backups ?? []).map((backup) => backup.name),
    ["name"],
  ),
  ...doubled(
    name,
    "networks",
    (service.networks ?? []).map((network) =>
      typeof network === "string" ? network : network.name,
    ),
    [],
  ),
  ...doubled(name, "dependsOn", service.dependsOn ?? [], []),
]);

function doubled(
  service: string,
  key: string,
  names: readonly string[],
  rest: readonly PropertyKey[],
): readonly Problem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            path: servicePath(service, [key, index, ...rest]),
            value: `"${name}"`,
            message: "is in the list twice",
            remedy: rest.length === 0 ? "remove one of them" : "choose another name",
          },
        ],
  );
}
