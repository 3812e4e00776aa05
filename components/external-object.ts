import type * as pulumi from "@pulumi/pulumi";
import { clusterHosts, type Fleet } from "../fleet/fleet";
import type { ExternalPlan, Plan } from "../model/plan";
import { ExternalObject } from "../providers/external-object/resource";

/**
 * The external objects of the site, by their names in the site. They are looked for in the Swarm; a
 * volume is looked for on the servers that need it.
 *
 * @param nameOf makes a resource's full name from its own part. Default: the part itself
 */
export function externalObjects(
  plan: Plan,
  kind: ExternalPlan["kind"],
  fleet: Fleet,
  opts: pulumi.CustomResourceOptions,
  nameOf: (noun: string) => string = (noun) => noun,
): ReadonlyMap<string, ExternalObject> {
  const cluster = clusterHosts(fleet);
  return new Map(
    plan.externals
      .filter((external) => external.kind === kind)
      .map(({ name, externalName, hosts }) => [
        name,
        new ExternalObject(
          nameOf(`external-${kind}-${name}`),
          {
            kind,
            name: externalName,
            hosts: cluster
              .filter((host) => hosts?.includes(host.plan.name) ?? true)
              .map((host) => host.access),
          },
          opts,
        ),
      ]),
  );
}
