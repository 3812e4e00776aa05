import type { RecoverableFleet } from "../recovery";
import {
  buildTimes,
  listContainers,
  listObjects,
  removeObjects,
  stopContainers,
} from "./docker-engine";
import { kernelHasIpvs, readKernelFacts } from "./kernel";
import { readDockerFacts } from "./read-docker-facts";
import {
  belongsTo,
  describeObjects,
  type DockerObject,
  isObject,
  leftovers,
  missing,
} from "./objects";
import { planContainerFleet } from "./plan";
import { loopbackPorts } from "./ports";
import { memberContainers } from "./replacement";
import { serverImageTag } from "./server-image";

/** The command's work for servers that are containers of this computer. */
export const containerRecovery: RecoverableFleet = {
  recognises: (resources) => resources.some(isObject),
  of: (owner) => ({
    place: "this computer's Docker Engine",
    async look(resources) {
      const objects = await listObjects();
      // Volumes may contain data: a create adopts them.
      const inTheWay = leftovers(objects, resources, owner).filter(
        ({ kind }) => kind === "container" || kind === "network",
      );
      return {
        own: together(objects.filter((object) => belongsTo(object, owner))),
        inTheWay: together(inTheWay),
        gone: missing(objects, resources),
      };
    },
    async sleeping() {
      const containers = (await listContainers()).filter((object) => belongsTo(object, owner));
      return containers.flatMap(({ name, state }) =>
        state === "running" ? [] : [{ name, state: state === "paused" ? state : "stopped" }],
      );
    },
    async stop(names) {
      const containers = (await listContainers()).filter((object) => belongsTo(object, owner));
      await stopContainers(containers.filter(({ name }) => names.includes(name)));
    },
    async serverImageBuilt() {
      const containers = (await listContainers()).filter((object) => belongsTo(object, owner));
      return (await buildTimes(containers.map(({ imageId }) => imageId)))[0];
    },
    hasIpvs: async () => kernelHasIpvs(await readKernelFacts()),
    async requiredServers(plan) {
      const facts = {
        ...(await readDockerFacts(loopbackPorts(plan))),
        serverImage: serverImageTag(plan),
      };
      return planContainerFleet(plan, facts).oneByOne ? memberContainers(plan, facts) : [];
    },
  }),
};

const together = (objects: readonly DockerObject[]) => ({
  count: objects.length,
  text: describeObjects(objects),
  remove: () => removeObjects(objects),
});
