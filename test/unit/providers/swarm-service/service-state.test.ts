import type { ServiceSpec } from "../../../../model/service/spec";
import { normalInputs } from "../../../../providers/swarm-service/service-state";
import { serviceSpec } from "../../model/service-specs";

const host = {
  address: "10.0.0.1",
  port: 22,
  user: "hive",
  hostKey: "ssh-ed25519 AAAA",
  privateKeyFile: "key",
};
const managers = ["hive0", "hive1", "hive2"].map((name) => ({ ...host, name }));

/** Seconds that a service may take when nothing else is said. */
function deadline(changes: Partial<ServiceSpec>): number {
  return normalInputs({ ...serviceSpec(changes), revision: "1", managers }).convergeDeadlineSeconds;
}

describe("by default a service may take as long as its own rules make a roll-out, and two minutes", () => {
  const slow = { ...serviceSpec().update, monitorSeconds: 30, delaySeconds: 10 };

  test.each<[string, Partial<ServiceSpec>, number]>([
    ["one task, watched for 1 s, 10 s to stop", {}, 131],
    ["no task", { mode: { kind: "replicated", replicas: 0 } }, 120],
    [
      "one on each of three hosts, one after the other",
      { mode: { kind: "global" }, update: slow },
      270,
    ],
    ["all at once", { mode: { kind: "global" }, update: { ...slow, parallelism: 0 } }, 170],
    [
      "a health check that begins late",
      {
        healthcheck: {
          command: ["true"],
          intervalSeconds: 1,
          timeoutSeconds: 1,
          retries: 1,
          startPeriodSeconds: 60,
        },
      },
      191,
    ],
    ["a job that is waited for", { mode: { kind: "job", retries: 0 } }, 600],
    ["a job that is not", { mode: { kind: "job", schedule: "0 3 * * *", retries: 0 } }, 120],
  ])("%s", (_what, changes, seconds) => {
    expect(deadline(changes)).toBe(seconds);
  });
});

test("what is given stays: the deadline, and the account only if there is one", () => {
  const wish = { ...serviceSpec(), revision: "1", managers, convergeDeadlineSeconds: 5 };
  expect(normalInputs(wish)).toMatchObject({ convergeDeadlineSeconds: 5, managers, revision: "1" });
  expect(normalInputs(wish)).not.toHaveProperty("registryAuth");
  const registryAuth = { username: "pull", password: "secret" };
  expect(normalInputs({ ...wish, registryAuth })).toMatchObject({ registryAuth });
});
