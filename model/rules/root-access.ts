import { ownOf } from "../planning/plan-externals";
import { planVolume } from "../planning/plan-resources";
import { rootAccess } from "../planning/root-access";
import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { forEachService } from "./rule";

/**
 * A service that can become root on its servers says so by `rootOnServers`, so that no other line
 * of an inventory gives anybody the servers unseen. One problem for each service: one word mends
 * it.
 */
export const rootAccessProblems = forEachService(({ name, plan }, { site }): readonly Problem[] => {
  if (plan.rootOnServers === true) return [];
  const volumes = ownOf(site.volumes).map(([volume, definition]) =>
    // How replicated volumes are mirrored makes no difference here.
    planVolume(volume, definition, "shared"),
  );
  const ways = rootAccess(plan, volumes);
  if (ways.length === 0) return [];
  const readOnly = ways.every(({ writing }) => writing === true) ? ", or mount it readOnly" : "";
  return [
    {
      path: servicePath(name, ["rootOnServers"]),
      message: `is missing: the service ${ways.map(({ text }) => text).join(", ")}, so its programs can become root on the servers`,
      remedy: `write \`rootOnServers: true\` if that is meant; else remove it${readOnly}`,
    },
  ];
});
