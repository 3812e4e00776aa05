import { planAwsFleet } from "../../../../fleet/aws/plan";
import type { Transform } from "../../../../model/inventory";
import { InventoryError } from "../../../../model/problem/problems";
import { planWith } from "../../model/plans";
import { planAws, siteWithData } from "./aws-plans";

const planOf = (transform: Transform) => planAws({ site: { ...siteWithData, transform } });

const problemsOf = (transform: Transform): string => {
  try {
    planOf(transform);
  } catch (error) {
    if (error instanceof InventoryError) return error.message;
    throw error;
  }
  return "none";
};

test("an instance has the type, the system disk and the tags that the site gives it", () => {
  const plan = planOf({
    instance: (instance, { name, role, stage }) =>
      name === "hive1"
        ? {
            type: "m7i.large",
            rootDisk: { size: "99.5GiB", iops: 6000, throughput: 500 },
            tags: { owner: `${role}@${stage}` },
          }
        : instance,
  });
  expect(Object.keys(plan.serverInstances ?? {})).toEqual(["hive1"]);
  const { servers } = planAwsFleet(plan);
  expect(servers[1]).toMatchObject({
    instanceType: "m7i.large",
    root: { sizeGiB: 100, iops: 6000, throughput: 500 },
    tags: { owner: "cluster@staging" },
  });
  expect(servers[0]).toMatchObject({ instanceType: "t3.medium", root: { sizeGiB: 20 }, tags: {} });
});

test("the disks of a volume are alike on all servers", () => {
  const plan = planOf({
    disk: (disk, { name }) => ({ ...disk, size: "10GiB", iops: 4000, tags: { data: name } }),
  });
  const disks = planAwsFleet(plan).servers.flatMap((server) => server.disks);
  expect(disks).toHaveLength(3);
  for (const disk of disks)
    expect(disk).toMatchObject({ sizeGiB: 10, iops: 4000, tags: { data: "ldap-data" } });
});

test("a disk is given to the function with what the inventory says of it", () => {
  const seen: unknown[] = [];
  planAws({
    site: {
      ...siteWithData,
      volumes: { "ldap-data": { replicated: { size: "1.5GiB", iops: 3000, throughput: 130 } } },
      transform: {
        disk: (disk, context) => {
          seen.push([disk, context]);
          return disk;
        },
      },
    },
  });
  expect(seen).toEqual([
    [
      { size: "2GiB", iops: 3000, throughput: 130, tags: {} },
      { stage: "staging", name: "ldap-data" },
    ],
  ]);
});

test("what changes nothing is not in the plan, and other fleets are not asked", () => {
  const same = planOf({ instance: (instance) => instance, disk: (disk) => disk });
  expect([same.serverInstances, same.volumeDisks]).toEqual([undefined, undefined]);
  const asked: string[] = [];
  planWith({
    site: {
      ...siteWithData,
      transform: {
        instance: (instance, { name }) => {
          asked.push(name);
          return instance;
        },
        disk: (disk, { name }) => {
          asked.push(name);
          return disk;
        },
      },
    },
  });
  expect(asked).toEqual([]);
});

test.each<[string, Transform, RegExp]>([
  [
    "a type that is none",
    { instance: (instance) => ({ ...instance, type: "large" }) },
    /transform\.instance\("hive0"\)\.type[^]*is not the name of an instance type[^]*t3\.medium/,
  ],
  [
    "a tag of hive",
    { instance: (instance) => ({ ...instance, tags: { "hive:site": "other" } }) },
    /transform\.instance\("hive0"\)\.tags[^]*hive or AWS sets itself[^]*choose another name/,
  ],
  [
    "the name",
    { disk: (disk) => ({ ...disk, tags: { Name: "x" } }) },
    /transform\.disk\("ldap-data"\)\.tags[^]*hive or AWS sets itself/,
  ],
  [
    "what is hive's",
    { instance: (instance) => ({ ...instance, privateIp: "10.17.16.9" }) },
    /transform\.instance\("hive0"\)\.privateIp/,
  ],
  [
    "a system disk that Debian does not fit on",
    { instance: (instance) => ({ ...instance, rootDisk: { size: "4GiB" } }) },
    /transform\.instance\("hive0"\)\.rootDisk\.size[^]*smaller than the 8GiB/,
  ],
  [
    "a disk that is smaller than its volume",
    { disk: (disk) => ({ ...disk, size: "1GiB" }) },
    /transform\.disk\("ldap-data"\)\.size[^]*smaller than the volume, 1536MiB/,
  ],
  [
    "more operations than its size allows",
    { disk: (disk) => ({ ...disk, iops: 5000 }) },
    /transform\.disk\("ldap-data"\)\.iops[^]*500 for each GiB[^]*at least "10GiB"/,
  ],
  [
    "nothing",
    { disk: (() => undefined) as unknown as NonNullable<Transform["disk"]> },
    /transform\.disk\("ldap-data"\)[^]*returned nothing[^]*return the disk/,
  ],
])("%s is a problem, with its place and remedy", (_words, transform, text) => {
  expect(problemsOf(transform)).toMatch(text);
});
