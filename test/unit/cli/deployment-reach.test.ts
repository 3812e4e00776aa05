import { deploymentReach } from "../../../cli/releases/deployment-reach";
import { planWith } from "../model/plans";

const image = { build: "guestbook" };
const plan = planWith({
  site: {
    name: "hive.example",
    images: { guestbook: {}, other: {} },
    services: {
      guestbook: { image },
      tidy: { image, mode: { job: { schedule: "0 3 * * *" } } },
      count: { image },
      single: { image: { build: "other" } },
      foreign: { image: `docker.io/library/nginx@sha256:${"0".repeat(64)}` },
      same: { image: `docker.io/library/nginx@sha256:${"0".repeat(64)}` },
    },
  },
});
const all = plan.services.map(({ name }) => name);

test.each([
  ["single", all, false, ["single"], []],
  // The release of a reference is in the site, for each service.
  ["foreign", all, false, ["foreign"], []],
  [
    "guestbook",
    all,
    false,
    ["guestbook", "count", "tidy"],
    ["count, tidy run the same image and are rolled out too; --only leaves them out."],
  ],
  [
    "guestbook",
    all,
    true,
    ["guestbook"],
    [
      "count, tidy run the same image and keep their release until `npx hive up --stack private` (--only).",
    ],
  ],
  [
    "tidy",
    ["tidy", "guestbook"],
    false,
    ["tidy", "guestbook"],
    [
      "guestbook runs the same image and is rolled out too; --only leaves it out.",
      "count runs the same image, but not on this stage yet: `npx hive up --stack private` deploys it.",
    ],
  ],
  [
    "guestbook",
    ["guestbook"],
    false,
    ["guestbook"],
    [
      "count, tidy run the same image, but not on this stage yet: `npx hive up --stack private` deploys them.",
    ],
  ],
] as const)("deploy %s, where %j run (only: %s)", (name, deployed, only, services, notes) => {
  const reach = deploymentReach(plan, name, deployed, only);
  expect([[...reach.services].slice(0, 1), [...reach.services].sort()]).toEqual([
    [name],
    [...services].sort(),
  ]);
  expect(reach.notes).toEqual(notes);
});
