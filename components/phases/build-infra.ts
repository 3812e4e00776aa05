import type * as pulumi from "@pulumi/pulumi";
import type { BuildFleet, Fleet } from "../../fleet/fleet";
import type { HostPlan } from "../../model/plan";
import type { HostSetup } from "../host-setup";
import type { PhaseComponent } from "./phase";

/**
 * The phase build-infra: the stage's servers.
 *
 * @param setups of the hosts, by their names; filled by the next phase. Servers that are replaced
 *   one at a time wait for them
 */
export function buildInfra(
  parent: PhaseComponent,
  buildFleet: BuildFleet,
  setups: ReadonlyMap<string, HostSetup>,
): Fleet {
  // Read only after the program has made all set-ups, which it does without waiting.
  const setUp = async (host: HostPlan): Promise<pulumi.Resource | undefined> => {
    await Promise.resolve();
    return setups.get(host.name)?.engine;
  };
  return buildFleet("fleet", { setUp }, { parent });
}
