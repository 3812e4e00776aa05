import { removalLines } from "../../../cli/removals";

const resources = [
  "service-web-service",
  "service-db-service",
  "volume-db-data-on-hosts",
  "volume-old-on-hosts",
  "image-web-on-hosts",
  "network-default",
].map((name) => ({ urn: `urn:pulumi:private::hive::hive:Hive$some:type:Kind::${name}` }));

const plan = (
  services: readonly string[],
  volumes: readonly string[],
): Parameters<typeof removalLines>[0] => ({
  services: services.map((name) => ({ name })),
  volumes: volumes.map((name) => ({ name })),
});

test("what the site no longer has is named before it is removed, data above all", () => {
  expect(removalLines(plan(["web", "db"], ["db-data", "old"]), resources)).toEqual([]);
  expect(removalLines(plan(["web"], ["db-data2"]), resources)).toEqual([
    "Removes the service db.",
    "Removes the volumes db-data, old, WITH ALL DATA, on every server.",
  ]);
});
