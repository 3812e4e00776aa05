import type { ServiceSpec } from "../../../../model/service/spec";
import {
  normalInputs,
  normalWhereKnown,
  type SwarmServiceInputs,
  deferServerNames,
} from "../../../../providers/swarm-service/service-state";
import { serviceSpec } from "../../model/service-specs";

const host = {
  address: "10.0.0.1",
  port: 22,
  user: "hive",
  hostKey: "ssh-ed25519 AAAA",
  stage: "private",
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
  const input = { ...serviceSpec(), revision: "1", managers, convergeDeadlineSeconds: 5 };
  expect(normalInputs(input)).toMatchObject({
    convergeDeadlineSeconds: 5,
    managers,
    revision: "1",
  });
  expect(normalInputs(input)).not.toHaveProperty("registryAuth");
  const registryAuth = { username: "pull", password: "secret" };
  expect(normalInputs({ ...input, registryAuth })).toMatchObject({ registryAuth });
});

describe("servers that came or went", () => {
  const addresses = { hive0: "10.0.0.4", hive1: "10.0.0.5", hive4: "10.0.0.8", mine: "10.9.9.9" };
  const withHosts = (
    names: readonly (keyof typeof addresses)[],
    changes: Partial<SwarmServiceInputs> = {},
  ): SwarmServiceInputs =>
    normalInputs({
      ...serviceSpec({ hosts: Object.fromEntries(names.map((name) => [name, addresses[name]])) }),
      revision: "1",
      managers,
      servers: names.filter((name) => name !== "mine"),
      ...changes,
    });
  const before = withHosts(["hive0", "hive1", "mine"]);
  const taken = (olds: SwarmServiceInputs | undefined, news: SwarmServiceInputs): string[] =>
    Object.keys(deferServerNames(olds, news).hosts).sort();

  test.each<[string, SwarmServiceInputs | undefined, SwarmServiceInputs, string[]]>([
    [
      "a new one alone changes no service",
      before,
      withHosts(["hive0", "hive1", "hive4", "mine"]),
      ["hive0", "hive1", "mine"],
    ],
    ["nor does one that is gone", before, withHosts(["hive0", "mine"]), ["hive0", "hive1", "mine"]],
    [
      "it comes with another change",
      before,
      withHosts(["hive0", "hive1", "hive4", "mine"], { user: "other" }),
      ["hive0", "hive1", "hive4", "mine"],
    ],
    [
      "nor does it come with a change that replaces no task",
      before,
      withHosts(["hive0", "hive1", "hive4", "mine"], { mode: { kind: "replicated", replicas: 5 } }),
      ["hive0", "hive1", "mine"],
    ],
    [
      "a name of the service's own is a change",
      before,
      withHosts(["hive0", "hive1"]),
      ["hive0", "hive1"],
    ],
    ["a new service has all", undefined, withHosts(["hive0", "hive4"]), ["hive0", "hive4"]],
  ])("%s", (_what, olds, news, hosts) => {
    expect(taken(olds, news)).toEqual(hosts);
  });

  test("one that has another address is a change", () => {
    const moved = withHosts(["hive0", "hive1", "mine"], {
      hosts: { ...before.hosts, hive1: "10.0.0.99" },
    });
    expect(deferServerNames(before, moved).hosts).toMatchObject({ hive1: "10.0.0.99" });
  });

  test("one that is gone changes nothing at the second run either, nor at one after", () => {
    const input = withHosts(["hive0", "mine"]);
    let state = before;
    for (let run = 0; run < 3; run++) state = deferServerNames(state, input);
    expect(Object.keys(state.hosts).sort()).toEqual(["hive0", "hive1", "mine"]);
  });
});

describe("a preview that does not know the image yet shows no other difference", () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const given = (changes: Partial<ServiceSpec>) => ({
    ...serviceSpec(changes),
    revision: "1",
    managers,
  });

  test.each<[string, Partial<ServiceSpec>]>([
    ["a replicated service", { mode: { kind: "replicated", replicas: 2 } }],
    ["a global service", { mode: { kind: "global" } }],
    ["a job", { mode: { kind: "job", retries: 1 } }],
    ["a job with a schedule", { mode: { kind: "job", schedule: "0 3 * * *", retries: 0 } }],
    ["a service in networks", { networks: [{ id: "net2", aliases: ["b", "a"] }] }],
  ])("%s", (_what, changes) => {
    const before = normalInputs(given(changes));
    expect(normalWhereKnown({ ...given(changes), image: unknown }, before)).toEqual({
      ...before,
      image: unknown,
    });
  });

  test("what is changed as well is shown, and a new service as it is given", () => {
    const before = normalInputs(given({}));
    const changed = { ...given({ environment: { A: "2" } }), image: unknown };
    expect(normalWhereKnown(changed, before)).toEqual({
      ...before,
      environment: { A: "2" },
      image: unknown,
    });
    expect(normalWhereKnown(changed, undefined)).toBeUndefined();
  });
});
