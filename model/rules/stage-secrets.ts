import { keyText } from "../foreign/code-text";
import { isPulled } from "../planning/plan-images";
import type { Problem } from "../problem/problems";
import { stageFile } from "../stage/check-stage";
import { removeSecretCommand, setSecretCommand } from "../stage/secret-command";
import { suggestion } from "../problem/suggestion";
import { siteFile, sitePath } from "../schema/check-site";
import { usedNames } from "../planning/used-names";
import type { RuleInput } from "./rule";

/**
 * The operator has set a value for each secret that this stage uses, and for nothing else.
 */
export function stageSecretProblems({
  site,
  stage,
  services,
  config,
}: RuleInput): readonly Problem[] {
  const { secrets: given } = config;
  if (given === undefined) return [];
  const declared = [...site.secrets].flatMap(([name, secret]) =>
    "fromStage" in secret ? [name] : [],
  );
  const used = usedNames(
    services.map(({ plan }) => plan),
    [...site.images].map(([, image]) => ({
      buildSecrets: isPulled(image, stage) ? [] : (image.buildSecrets ?? []),
    })),
  ).secrets;
  return [
    ...declared
      .filter((name) => used.has(name) && !given.includes(name))
      .map((name) => ({
        path: `${stageFile(stage)}: hive:secrets.${name}`,
        message: `has no value on the stage ${stage}, but ${sitePath(["secrets", name])} needs it`,
        remedy: `set it: ${setSecretCommand(stage, name)}`,
      })),
    ...given
      .filter((name) => !declared.includes(name))
      .map((name) => unusedValue(name, { site, stage, declared })),
  ];
}

function unusedValue(
  name: string,
  input: Pick<RuleInput, "site" | "stage"> & { readonly declared: readonly string[] },
): Problem {
  const path = `${stageFile(input.stage)}: hive:secrets.${name}`;
  const removal = removeSecretCommand(input.stage, name);
  if (input.site.names.secrets.includes(name)) {
    return {
      path,
      message: `has a value, but the secret is not taken from the stage`,
      remedy: `write ${keyText(name)}: { fromStage: true } in secrets of ${siteFile}, or remove the value: ${removal}`,
    };
  }
  const meant = suggestion(name, input.declared);
  return {
    path,
    message: "has a value, but the site has no secret of this name",
    remedy:
      meant === undefined
        ? `remove it: ${removal}`
        : `did you mean ${meant}? ${setSecretCommand(input.stage, meant)}; and remove this one: ${removal}`,
  };
}
