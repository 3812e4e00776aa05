import type { FleetDriver } from "../fleet";
import { readDockerFacts } from "./read-docker-facts";
import { planContainerFleet } from "./plan";
import { loopbackPorts } from "./ports";
import { serverImageTag } from "./server-image";
import { ContainerFleet } from "./servers";

/** Servers as containers of this computer's Docker Engine. */
export const containerDriver: FleetDriver = {
  async prepare(plan) {
    const facts = await readDockerFacts(loopbackPorts(plan));
    const fleet = planContainerFleet(plan, { ...facts, serverImage: serverImageTag(plan) });
    return (name, args, opts) => new ContainerFleet(name, { ...args, plan, fleet }, opts);
  },
};
