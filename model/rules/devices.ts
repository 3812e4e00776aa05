import { givenServers } from "../../fleet/given-servers";
import type { Problem } from "../problem/problems";
import { suggestion } from "../problem/suggestion";
import { stageFile } from "../stage/check-stage";
import type { RuleInput } from "./rule";

/** The stage's devices are for replicated volumes of the site. */
export function deviceProblems({ stage, site, config }: RuleInput): readonly Problem[] {
  const given = givenServers(config);
  if (given === undefined) return [];
  const replicated = [...site.volumes].flatMap(([name, volume]) =>
    "replicated" in volume ? [name] : [],
  );
  return Object.entries(given.servers).flatMap(([server, { devices }]) =>
    Object.entries(devices).flatMap(([volume, device]) => {
      if (replicated.includes(volume)) return [];
      const meant = suggestion(volume, replicated);
      return [
        {
          path: `${stageFile(stage)}: hive:${given.key}.${server}.devices.${volume}`,
          value: device,
          message: "is a device for a volume, but the site has no replicated volume of this name",
          remedy: meant === undefined ? "remove it" : `did you mean ${meant}? Else remove it`,
        },
      ];
    }),
  );
}
