import { changesBetween } from "../../../../model/changes/changes";
import { cloudOf } from "../../../../model/changes/cloud";
import { changeLines } from "../../../../model/changes/lines";
import { changesMarkdown } from "../../../../model/changes/markdown";
import { risksOf } from "../../../../model/changes/risks";
import { readSnapshot, snapshotOf } from "../../../../model/changes/snapshot";
import * as firstBoot from "../../../../model/first-boot";
import type { Site } from "../../../../model/inventory";
import type { Plan } from "../../../../model/plan";
import { planAws, siteWithData } from "../../fleet/aws/aws-plans";

const snapshot = (plan: Plan) =>
  readSnapshot(JSON.parse(JSON.stringify(snapshotOf(plan, { contexts: {}, files: {} }))));
/** The lines and the risks of a change of options. */
function told(after: Parameters<typeof planAws>[0], before: Parameters<typeof planAws>[0] = {}) {
  const now = snapshot(planAws(after));
  if (now === undefined) throw new Error("A snapshot cannot be read.");
  const changes = changesBetween(snapshot(planAws(before)), now);
  return {
    lines: changeLines(changes),
    texts: changeLines(changes).map(({ text }) => text),
    risks: risksOf(changes).map(({ kind, text }) => `${kind}: ${text}`),
  };
}
const key = "arn:aws:kms:ap-northeast-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";

test("nothing has changed", () => {
  expect(told({}).risks).toEqual([]);
});

test("another type stops and starts each server: who is away, who is less redundant, what it costs", () => {
  const { texts, risks } = told({ options: { instanceTypes: { cluster: "t3.large" } } });
  expect(texts).toEqual([
    "~ server hive0: t3.medium → t3.large; it stops and starts, one server at a time; away meanwhile: ldap; LESS REDUNDANT meanwhile: webgate",
    "~ server hive1: t3.medium → t3.large; it stops and starts, one server at a time; LESS REDUNDANT meanwhile: webgate",
    "~ server hive2: t3.medium → t3.large; it stops and starts, one server at a time; LESS REDUNDANT meanwhile: webgate",
    "+ to pay for: 3 × t3.large (prices: https://calculator.aws)",
    "- no longer to pay for: 3 × t3.medium (prices: https://calculator.aws)",
  ]);
  expect(risks).toContain(
    "outage: Away while the server hive0 stops and starts, as they run nowhere else: ldap.",
  );
  expect(risks).toContain(
    "redundancy: One task fewer while the server hive1 stops and starts: webgate.",
  );
  expect(risks.at(-1)).toBe("cost: New to pay for: 3 × t3.large. Prices: https://calculator.aws");
});

test("another key replaces servers and disks, and their data are lost", () => {
  const { lines, texts, risks } = told({ options: { kmsKey: key } });
  const first = lines.filter(({ losesData }) => losesData).map(({ text }) => text);
  expect(first).toHaveLength(5);
  expect(first).toContain(
    "~ disks of the volume ldap-data: another key; REPLACED by empty ones: ALL DATA are lost",
  );
  expect(first[0]).toMatch(/^~ server hive0: another key of its disk; REPLACED, .*WITH ALL DATA/);
  expect(risks[0]).toMatch(/^data: The server hive0 is replaced/);
  expect(texts.join("\n")).not.toContain("0123-456789abcdef");
});

test("of a protected stage nothing is lost: the run is refused", () => {
  const isProtected = { protect: true };
  const { lines, risks } = told(
    { options: { ...isProtected, kmsKey: key } },
    { options: isProtected },
  );
  expect(lines.filter(({ losesData }) => losesData)).toEqual([]);
  expect(lines.map(({ text }) => text)).toContain(
    "~ disks of the volume ldap-data: another key; REFUSED, as it is protected",
  );
  expect(risks.filter((text) => text.startsWith("data"))).toEqual([]);
});

test.each<[string, Parameters<typeof planAws>[0], string]>([
  [
    "a bigger volume",
    { site: { ...siteWithData, volumes: { "ldap-data": { replicated: { size: "3GiB" } } } } },
    "~ disks of the volume ldap-data: 2 → 3 GiB",
  ],
  [
    "a smaller volume",
    { site: { ...siteWithData, volumes: { "ldap-data": { replicated: { size: "1GiB" } } } } },
    "~ disks of the volume ldap-data: 2 → 1 GiB; the cloud REFUSES this: a disk cannot become smaller",
  ],
  [
    "a bigger system disk",
    { options: { rootDisks: { repository: "50GiB" } } },
    "~ server hive3: system disk 40 → 50 GiB",
  ],
  [
    "an address of the account's own",
    { options: { elasticIps: { hive1: "eipalloc-0123456789abcdef0" } } },
    "~ server hive1: another public address",
  ],
  [
    "another network for SSH",
    { options: { sshSources: ["203.0.113.0/24", "198.51.100.0/24"] } },
    "+ SSH from 198.51.100.0/24",
  ],
  ["protection", { options: { protect: true } }, "+ protection of servers, addresses and disks"],
  ["another option", { options: { ssm: true } }, "~ other options of hive:aws"],
  [
    "more servers",
    { raw: { "hive:clusterHosts": "5" } },
    "+ to pay for: 44 GiB of gp3 disks, 2 public IPv4 addresses, 2 × t3.medium (prices: https://calculator.aws)",
  ],
])("%s has its line", (_, change, line) => {
  expect(told(change).texts).toContain(line);
});

test("a version of hive with another first boot replaces each server", () => {
  const before = snapshot(planAws());
  jest.replaceProperty(firstBoot, "firstBootVersion", firstBoot.firstBootVersion + 1);
  const now = snapshot(planAws());
  jest.restoreAllMocks();
  if (now === undefined) throw new Error("A snapshot cannot be read.");
  const lines = changeLines(changesBetween(before, now)).map(({ text }) => text);
  expect(lines).toHaveLength(4);
  for (const [index, line] of lines.entries())
    expect(line).toMatch(
      new RegExp(
        `^~ server hive${index}: name, user and port of SSH, or what a first boot does; REPLACED, `,
      ),
    );
});

test("the first version of a first boot is that of snapshots without a number", () => {
  jest.replaceProperty(firstBoot, "firstBootVersion", 1);
  const cloud = cloudOf(planAws(), JSON.stringify);
  jest.restoreAllMocks();
  expect(cloud?.servers["hive0"]?.firstBoot).toBe('["s-hive0.hive.example","hive",22]');
});

/** The site with a disk of 20 GiB, and what a test adds to it. */
const withDisk = (settings: { readonly iops?: number; readonly throughput?: number } = {}) => ({
  site: {
    ...siteWithData,
    volumes: { "ldap-data": { replicated: { size: "20GiB" as const, ...settings } } },
  },
});

test.each([
  [{ iops: 6000 }, "3000 → 6000 IOPS", "9000 IOPS of disks"],
  [{ throughput: 250 }, "125 → 250 MiB/s", "375 MiB/s of disks"],
])("disks of a volume with %j change in place, and it costs", (settings, part, cost) => {
  const { texts, risks } = told(withDisk(settings), withDisk());
  expect(texts).toEqual([
    `~ disks of the volume ldap-data: ${part}`,
    `+ to pay for: ${cost} (prices: https://calculator.aws)`,
    "~ volume ldap-data: its settings",
  ]);
  expect(risks).toHaveLength(1);
});

test("what a transform of the site makes of an instance and of disks is told", () => {
  const site: Site = {
    ...siteWithData,
    transform: {
      instance: (instance, { name }) =>
        name === "hive1"
          ? { ...instance, type: "m7i.large", rootDisk: { size: "50GiB" }, tags: { team: "web" } }
          : instance,
      disk: (disk) => ({ ...disk, tags: { team: "data" } }),
    },
  };
  expect(told({ site }).texts).toEqual([
    expect.stringMatching(
      /^~ server hive1: t3.medium → m7i.large, system disk 20 → 50 GiB, tags; it stops and starts/,
    ),
    "~ disks of the volume ldap-data: tags",
    expect.stringMatching(/^\+ to pay for: 30 GiB of gp3 disks, 1 × m7i.large /),
    expect.stringMatching(/^- no longer to pay for: 1 × t3.medium /),
  ]);
});

test("a server in another zone is told once, and its disks are new there", () => {
  const { texts } = told({
    raw: { "hive:zones": '["ap-northeast-1a","ap-northeast-1c","ap-northeast-1b"]' },
  });
  const ofServer = texts.filter((text) => text.includes("server hive2"));
  expect(ofServer).toHaveLength(1);
  expect(ofServer[0]).toContain("zone ap-northeast-1d → ap-northeast-1b");
  expect(texts.join("\n")).toMatch(/disks of the volume ldap-data: another zone of .*hive2/);
});

test("a new stage says what it costs, also as Markdown, where nothing of it is a link of the site", () => {
  const now = snapshot(planAws());
  if (now === undefined) throw new Error("A snapshot cannot be read.");
  const changes = changesBetween(undefined, now);
  const risks = risksOf(changes);
  expect(risks.map(({ text }) => text)).toContain(
    "New to pay for: 106 GiB of gp3 disks, 4 public IPv4 addresses, 3 × t3.medium, 1 × t3.small. Prices: https://calculator.aws",
  );
  const lines = changeLines(changes);
  const text = changesMarkdown({
    stage: "staging",
    comparedWith: "nothing",
    lines,
    risks,
    warnings: [],
  });
  expect(text).toContain("| **Cost** | New to pay for: 106 GiB");
});

test("a snapshot of an older release has no cloud: nothing is told of it", () => {
  const now = snapshot(planAws({ options: { instanceTypes: { cluster: "t3.large" } } }));
  const { cloud, ...older } = snapshot(planAws()) ?? {};
  expect(cloud).toBeDefined();
  expect(now && changesBetween(older as typeof now, now)).toEqual([]);
});
