import { stageNames } from "../../model/values/names";
import type { StageName } from "../../model/plan";
import { planStack } from "../../model/plan-site";
import { giteaSite } from "../sites/gitea";
import { hiveAdminGate } from "../sites/hive-admin-gate";
import { hiveBuilderPdns } from "../sites/hive-builder-pdns";
import { mailuSite } from "../sites/mailu";
import { nextcloudSite } from "../sites/nextcloud";
import { reasons, type SiteCase } from "../sites/site-case";
import { swarmprom } from "../sites/swarmprom";
import { traefikSwarmpit } from "../sites/traefik-swarmpit";
import { zabbix } from "../sites/zabbix";

/** Sites that others run, as far as they can be written: what is missing is said, and why. */
const cases: readonly (readonly [string, SiteCase, number])[] = [
  ["hive-builder's pdns", hiveBuilderPdns, 6],
  ["hive-admin-gate", hiveAdminGate, 13],
  ["traefik and swarmpit", traefikSwarmpit, 4],
  ["swarmprom", swarmprom, 7],
  ["Mailu", mailuSite, 10],
  ["zabbix", zabbix, 9],
  ["nextcloud", nextcloudSite, 4],
  ["gitea", giteaSite, 2],
];

function planned({ site, stage: said = {} }: SiteCase, stage: StageName) {
  const ofStage = Object.entries(site.secrets ?? {}).flatMap(([name, secret]) =>
    "fromStage" in secret ? [[name, "0123456789abcdef"]] : [],
  );
  return planStack({
    stackName: stage,
    config: {
      "hive:fleet": "container",
      "hive:cidr": "172.29.16.0/24",
      ...Object.fromEntries(
        Object.entries(said).map(([key, value]) => [key, JSON.stringify(value)]),
      ),
      ...(ofStage.length === 0
        ? {}
        : { "hive:secrets": JSON.stringify(Object.fromEntries(ofStage)) }),
    },
    site,
  });
}

describe.each(cases)("the site %s", (_, siteCase, services) => {
  test.each(stageNames)("is planned for the stage %s", (stage) => {
    const plan = planned(siteCase, stage);
    const expected = Object.entries(siteCase.site.services ?? {})
      .filter(([, { availableOn }]) => availableOn?.includes(stage) ?? true)
      .map(([name]) => name);
    expect(plan.services.map(({ name }) => name).sort()).toEqual(expected.sort());
    // Nothing is declared that no service uses.
    const { volumes = {}, secrets = {}, configs = {} } = siteCase.site;
    if (expected.length === services) {
      expect(plan.volumes.map(({ name }) => name).sort()).toEqual(Object.keys(volumes).sort());
      expect(plan.secrets.map(({ name }) => name).sort()).toEqual(Object.keys(secrets).sort());
      expect(plan.configs.map(({ name }) => name).sort()).toEqual(Object.keys(configs).sort());
    }
  });

  test("has the services that it is known to have", () => {
    expect(Object.keys(siteCase.site.services ?? {})).toHaveLength(services);
  });

  test("says why something of it is left out", () => {
    const { waitsFor } = siteCase;
    for (const [reason, what] of Object.entries(waitsFor)) {
      expect(reasons).toContain(reason);
      expect(what).toMatch(/\S/);
    }
  });
});

test("what a stage says of a site reaches its services", () => {
  const { services, externals } = planned(traefikSwarmpit, "production");
  const traefik = services.find(({ name }) => name === "traefik");
  expect(traefik?.labels["traefik.http.routers.dashboard.rule"]).toBe(
    "Host(`traefik.shop.example`)",
  );
  expect(traefik?.command).toContain("--certificatesresolvers.le.acme.email=ops@shop.example");
  expect(traefik?.placement.constraints).toEqual(["node.labels.traefik-certificates==true"]);
  expect(externals.map(({ externalName }) => externalName)).toEqual(["traefik-public"]);
});

test("every reason to leave something out has a site that waits for it", () => {
  const used = new Set(cases.flatMap(([, { waitsFor }]) => Object.keys(waitsFor)));
  expect([...used].sort()).toEqual([...reasons].sort());
});
