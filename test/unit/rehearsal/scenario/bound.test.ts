import type { Site } from "../../../../model/site";
import { boundServices } from "../../../../rehearsal/scenario/bound";
import { image, planAws } from "../../fleet/aws/aws-plans";

const short = (name: string) => name.replace(/\..*/, "");
const pinned = { constraints: ["node.hostname == s-hive2.hive.example"] };

/** The services of a site that are bound to a server. */
const boundOf = (site: Pick<Site, "services" | "volumes">) =>
  Object.fromEntries(boundServices(planAws({ site: { name: "hive.example", ...site } }), short));

describe("a service is bound to one server", () => {
  test("until DRBD is built, by a replicated volume, which is on one server alone", () => {
    const bound = boundOf({
      volumes: { "ldap-data": { replicated: { size: "1GiB" } } },
      services: {
        ldap: { image, volumes: [{ source: "ldap-data", target: "/data" }] },
        web: { image, mode: "global", ports: ["80"] },
      },
    });
    expect(bound).toEqual({ ldap: { volumes: ["ldap-data"], server: "s-hive0" } });
  });

  test("by all its volumes, each named once", () => {
    const bound = boundOf({
      volumes: {
        data: { replicated: { size: "1GiB" } },
        index: { replicated: { size: "1GiB" } },
      },
      services: {
        store: {
          image,
          volumes: [
            { source: "data", target: "/data" },
            { source: "index", target: "/index" },
          ],
        },
      },
    });
    expect(bound["store"]?.volumes).toEqual(["data", "index"]);
  });

  test("by the volume of the service that it runs with", () => {
    const bound = boundOf({
      volumes: { "ldap-data": { replicated: { size: "1GiB" } } },
      services: {
        ldap: { image, volumes: [{ source: "ldap-data", target: "/data" }] },
        helper: { image, placement: { with: "ldap" } },
      },
    });
    expect(bound["helper"]).toEqual({
      volumes: ["ldap-data"],
      server: "s-hive0",
      with: "ldap",
    });
  });

  test("not by a volume that each server has its own of", () => {
    const cache = { image, volumes: [{ source: "cache", target: "/cache" }] };
    const volumes = { cache: { local: {} } };
    expect(boundOf({ volumes, services: { cache: { ...cache, mode: "global" } } })).toEqual({});
    expect(boundOf({ volumes, services: { cache: { ...cache, placement: pinned } } })).toEqual({
      cache: { volumes: ["cache"], server: "s-hive2" },
    });
  });
});
