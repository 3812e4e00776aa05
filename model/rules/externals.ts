import { keyText } from "../foreign/code-text";
import { externalName } from "../planning/plan-externals";
import type { Problem } from "../problem/problems";
import { servicePath, sitePath } from "../schema/check-site";
import type { RuleInput } from "./rule";

/**
 * External objects are used only in possible ways: hive cannot read the value of a secret in the
 * Swarm.
 */
export function externalProblems({ site, services }: RuleInput): readonly Problem[] {
  const isExternal = (name: string): boolean => {
    const secret = site.secrets.get(name);
    return secret !== undefined && externalName(name, secret) !== undefined;
  };
  const unreadable = (name: string, path: string): readonly Problem[] =>
    isExternal(name)
      ? [
          {
            path,
            value: `"${name}"`,
            message:
              "is an external secret, whose value hive cannot read from the Swarm: only tasks get it",
            remedy: `let the stage give it: ${keyText(name)}: { fromStage: true } in secrets of site/site.ts`,
          },
        ]
      : [];
  return [
    ...[...site.images].flatMap(([name, image]) =>
      (image.buildSecrets ?? []).flatMap((secret, index) =>
        unreadable(secret, sitePath(["images", name, "buildSecrets", index])),
      ),
    ),
    ...services.flatMap(({ name, plan }) =>
      plan.initialize.flatMap((step, index) =>
        step.secrets.flatMap((secret, place) =>
          unreadable(secret, servicePath(name, ["initialize", index, "secrets", place])),
        ),
      ),
    ),
    ...[...site.networks].flatMap(([name, network]): readonly Problem[] =>
      ["default", "ingress", "bridge", "host", "none"].includes(externalName(name, network) ?? "")
        ? [
            {
              path: sitePath(["networks", name, "external"]),
              message: "is a network that Docker reserves; services cannot join it by name",
              remedy: 'write the name of a network of the Swarm, e.g. external: "traefik-public"',
            },
          ]
        : [],
    ),
  ];
}
