import type { Preparation } from "./prepare";
import { additionText } from "./new-files";
import { siteFile } from "./prepare";

/**
 * What a person does next. Pure.
 *
 * @param address of a server of the private stage, if it is known
 */
export function nextSteps(
  { request, addition, siteText }: Preparation,
  address: string | undefined,
): string {
  const added = siteText === undefined ? [`Add to ${siteFile}:`, additionText(addition), ""] : [];
  return [...added, ...steps(request, address)].join("\n");
}

function steps(
  { kind, name, image, port, fromStage }: Preparation["request"],
  address: string | undefined,
): readonly string[] {
  const run = [
    "  npx hive preview   what will change",
    "  npx hive up        build it and roll it out",
  ];
  switch (kind) {
    case "service":
      return [
        "Next:",
        ...run,
        ...(image === undefined
          ? [`  curl http://${address ?? "<address of a cluster server>"}:${port}/`]
          : [`  npx hive logs ${name}`]),
      ];
    case "job":
      return [
        "Next:",
        ...run,
        `  npx hive run ${name}   now, not at its time; shows what it printed`,
      ];
    case "image":
      return [
        `Next: let a service run it, with image: { build: "${name}" }. A new one:`,
        `  npx hive new service <name> --image ${name}`,
      ];
    case "secret":
      return [
        `A service reads it as the file /run/secrets/${name}. Add to the service:`,
        `  secrets: ["${name}"],`,
        ...(fromStage
          ? [
              "Next: set its value, once for each stage.",
              `  npx hive pulumi -- config set --stack private --secret --path 'hive:secrets["${name}"]'`,
            ]
          : ["Next:", ...run]),
      ];
  }
}
