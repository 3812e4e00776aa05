import { notProven, proofOf } from "../../../cli/promotion/proof";
import type { ServiceStatus } from "../../../cli/status/report";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const image = (letter: string): string => `registry.staging.example:5000/web@${digest(letter)}`;
const service = (change: Partial<ServiceStatus> = {}): ServiceStatus => ({
  name: "web",
  mode: "replicated",
  wanted: 2,
  running: 2,
  older: 0,
  needsIpvs: false,
  image: image("a"),
  hosts: ["hive0", "hive1"],
  initialization: [],
  starting: 0,
  endpoints: [],
  addresses: [],
  ...change,
});
const doubts = (...services: readonly ServiceStatus[]): readonly string[] =>
  proofOf("staging", services, digest("a")).doubts;

describe("whether an image is proven on a stage", () => {
  test("it is when a service runs it with all of its tasks, whatever others do", () => {
    const other = service({ name: "mail", image: image("b"), running: 0 });
    expect(proofOf("staging", [service(), other], digest("a"))).toEqual({
      by: ["web: 2 of 2 tasks run, on hive0 hive1"],
      doubts: [],
    });
  });

  test.each<[string, Partial<ServiceStatus>, string]>([
    ["tasks are wanting", { running: 1, error: "no space" }, "web runs 1 of 2 tasks: no space."],
    [
      "the roll-out failed and what ran before runs again",
      {
        image: image("b"),
        deployedImage: image("a"),
        update: { state: "rollback_completed", message: "" },
      },
      "The last change of web failed and was rolled back; the next `npx hive up --stack staging` deploys what the site and its pins say.",
    ],
    [
      "the roll-out is paused",
      { update: { state: "paused", message: "" } },
      "The roll-out of web is paused: the next `npx hive up --stack staging` deploys it again.",
    ],
    [
      "it is being rolled out",
      { update: { state: "updating", message: "" } },
      "web is being changed at the moment.",
    ],
    [
      "its initialization failed",
      { initialization: [{ step: "schema", result: "failed" }] },
      "The step schema of the initialization of web failed. `npx hive up --stack staging` runs it again.",
    ],
    ["nothing is to run", { wanted: 0, running: 0 }, "No task of web has run with it yet."],
    [
      "the job never ran",
      { mode: "job", job: { state: "never run" } },
      "No task of web has run with it yet.",
    ],
    ["another one runs", { image: image("b") }, "No service uses it."],
  ])("not when %s", (_what, change, doubt) => {
    expect(doubts(service(change))).toEqual([doubt]);
  });

  test("one service in trouble is enough for a doubt", () => {
    expect(doubts(service(), service({ name: "nightly", running: 0 }))).toEqual([
      "nightly runs 0 of 2 tasks.",
    ]);
  });

  test("what a service was rolled back to is proven, and so is a job that went well", () => {
    const update = { state: "rollback_completed", message: "" };
    expect(doubts(service({ update }))).toEqual([]);
    expect(doubts(service({ mode: "job", running: 0, job: { state: "complete" } }))).toEqual([]);
  });

  test("the refusal says why, and what to do", () => {
    const proof = proofOf("staging", [service({ running: 1 })], digest("a"));
    const { message } = notProven("web", digest("a"), "staging", proof);
    expect(message).toContain(
      "web aaaaaaaaaaaa is not proven on the stage staging:\n  - web runs 1",
    );
    expect(message).toContain("npx hive status --stack staging");
    expect(message).toContain("Nothing was changed.");
  });
});
