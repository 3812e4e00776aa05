import { removalLines } from "../../../cli/removals";

const urn = (type: string, name: string) => ({
  urn: `urn:pulumi:private::hive::hive:index:Hive$${type}::${name}`,
});
const service = (name: string) => [
  urn("hive:index:SwarmService", `service-${name}`),
  urn("pulumi-nodejs:dynamic/hive:SwarmService", `service-${name}-service`),
];
const volume = (name: string) => [
  urn("hive:index:SiteVolume", `volume-${name}`),
  urn("pulumi-nodejs:dynamic/hive:Volume", `volume-${name}-on-hosts`),
];
const resources = [
  ...service("web"),
  ...service("db"),
  ...volume("db-data"),
  ...volume("old"),
  urn("pulumi-nodejs:dynamic/hive:ImagePull", "image-web-on-hosts"),
  urn("pulumi-nodejs:dynamic/hive:SwarmNetwork", "network-default"),
];

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

test("a service or volume whose name ends as a resource's does is not taken for another one", () => {
  const odd = [...service("mail-service"), ...volume("backup-on-hosts")];
  expect(removalLines(plan(["mail-service"], ["backup-on-hosts"]), odd)).toEqual([]);
  expect(removalLines(plan([], []), odd)).toEqual([
    "Removes the service mail-service.",
    "Removes the volume backup-on-hosts, WITH ALL DATA, on every server.",
  ]);
});
