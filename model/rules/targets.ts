import { trimmedPath } from "../plan-mounts";
import type { Problem } from "../problems";
import { servicePath } from "../site-check";
import { forEachService, type PlannedService } from "./rule";

/** No two things of a service stand at the same path of its container. */
export const targetProblems = forEachService((planned) => {
  const holders = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { path, target } of targetsOf(planned)) {
    const holder = holders.get(target);
    const place = servicePath(planned.name, path);
    if (holder === undefined) {
      holders.set(target, place);
      continue;
    }
    problems.push({
      path: place,
      value: `"${target}"`,
      message: `is the place of ${holder} already`,
      remedy: "choose another target for one of the two",
    });
  }
  return problems;
});

function targetsOf({
  service,
}: PlannedService): readonly { readonly path: readonly PropertyKey[]; readonly target: string }[] {
  return [
    ...(service.volumes ?? []).map((mount, index) => ({
      path: ["volumes", index, "target"],
      target: trimmedPath(mount.target),
    })),
    ...(service.tmpfs ?? []).map((tmpfs, index) => ({
      path: ["tmpfs", index, "target"],
      target: trimmedPath(tmpfs.target),
    })),
    ...(service.secrets ?? []).map((secret, index) =>
      typeof secret === "string"
        ? { path: ["secrets", index], target: secretFile(secret) }
        : {
            path: ["secrets", index, "target"],
            target: secretFile(secret.target ?? secret.secret),
          },
    ),
    ...(service.configs ?? []).map((config, index) => ({
      path: ["configs", index, "target"],
      target: config.target ?? `/${config.config}`,
    })),
  ];
}

function secretFile(target: string): string {
  return target.startsWith("/") ? target : `/run/secrets/${target}`;
}
