import { suggestion } from "../problem/suggestion";
import type { Problem } from "../problem/problems";
import { stageFile } from "../stage/check-stage";
import { labelledRole, namesOfHost } from "../stage/host-labels";
import type { RuleInput } from "./rule";

/**
 * Labels are for existing servers of the stage that are nodes of the Swarm, and each server has one
 * value per label.
 */
export function hostLabelProblems({ stage, config, hosts }: RuleInput): readonly Problem[] {
  const labels = config.labels ?? {};
  if (hosts.length === 0) return [];
  const cluster = hosts.filter(({ role }) => role === labelledRole);
  const place = (...keys: readonly string[]): string =>
    [`${stageFile(stage)}: hive:labels`, ...keys].join(".");
  const known = [labelledRole, ...cluster.flatMap(namesOfHost)];
  const unknown = Object.keys(labels).filter((key) => !known.includes(key));
  return [
    ...unknown.map((key): Problem => {
      const isRepository =
        key === "repository" ||
        hosts.some((host) => host.role !== labelledRole && namesOfHost(host).includes(key));
      const meant = isRepository ? undefined : suggestion(key, known);
      return {
        path: place(key),
        message: isRepository
          ? "is the repository server, which is not a node of the Swarm and runs no tasks"
          : "is neither a server of this stage nor a role",
        remedy:
          meant === undefined
            ? `write ${labelledRole} for all cluster servers, or one of ${cluster.map(({ logicalName }) => logicalName).join(", ")}`
            : `did you mean ${meant}?`,
      };
    }),
    ...cluster.flatMap((host) => {
      const keys = namesOfHost(host).filter((key) => key in labels);
      return keys.flatMap((key, position) =>
        Object.entries(labels[key] ?? {}).flatMap(([label, value]): readonly Problem[] => {
          const other = keys
            .slice(0, position)
            .find((earlier) => ![undefined, value].includes(labels[earlier]?.[label]));
          if (other === undefined) return [];
          return [
            {
              path: place(key, label),
              value: JSON.stringify(value),
              message: `is the same server as ${other}, which has another value of this label`,
              remedy: "keep one of the two",
            },
          ];
        }),
      );
    }),
  ];
}
