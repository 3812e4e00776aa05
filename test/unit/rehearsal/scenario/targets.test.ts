import type { Sample, Watched } from "../../../../rehearsal/scenario/sample";
import {
  checkTargets,
  serverNamed,
  UnknownTarget,
  zoneServers,
} from "../../../../rehearsal/scenario/targets";
import { sampleAt, watched } from "./seen";

const unbound = {
  ...watched,
  services: watched.services.map(({ name, addresses, moving }) => ({ name, addresses, moving })),
};

describe("the servers of a zone", () => {
  const namesIn = (word: string, of: Watched, sample?: Sample) => {
    const { zone, servers } = zoneServers(word, of, sample);
    return [zone, ...servers.map(({ name }) => name)];
  };

  test("are found by its name and by its last letter, the repository server too", () => {
    const expected = ["eu-central-1a", "s-hive0", "s-hive3"];
    expect(namesIn("eu-central-1a", watched)).toEqual(expected);
    expect(namesIn("a", watched)).toEqual(expected);
  });

  test("the worst zone is the one with the most services that are bound to a server", () => {
    // More tasks elsewhere do not count against it.
    const sample = sampleAt(0, {
      tasks: { worker: { wanted: 3, possible: 3, on: ["s-hive2", "s-hive2", "s-hive2"] } },
    });
    expect(namesIn("worst", watched, sample)).toEqual(["eu-central-1b", "s-hive1"]);
  });

  test("else the one with the most tasks", () => {
    const sample = sampleAt(0, { tasks: { ldap: { wanted: 1, possible: 1, on: ["s-hive2"] } } });
    expect(namesIn("worst", unbound, sample)).toEqual(["eu-central-1c", "s-hive2"]);
  });

  test("else the first one", () => {
    expect(namesIn("worst", unbound)[0]).toBe("eu-central-1a");
  });

  test.each(["d", "us-east-1a", "1a", "hive0"])(
    "%s is refused, with the zones that there are",
    (word) => {
      expect(() => zoneServers(word, watched, undefined)).toThrow(
        new UnknownTarget(
          `kill-zone: ${word}: the stage has no such zone. Write one of eu-central-1a, eu-central-1b, eu-central-1c, a last letter of them, or worst.`,
        ),
      );
    },
  );
});

describe("a server", () => {
  test("is named as in the stage's file, or by its short name", () => {
    expect(serverNamed("hive2", watched).privateAddress).toBe("10.0.0.6");
    expect(serverNamed("s-hive2", watched).privateAddress).toBe("10.0.0.6");
  });

  test("that there is not is refused, with those that there are", () => {
    expect(() => serverNamed("hive7", watched)).toThrow(
      new UnknownTarget(
        "stop-server: hive7: the stage has no such server. Write one of hive0, hive1, hive2, hive3.",
      ),
    );
  });
});

test("all targets are looked at before the first step", () => {
  const right = [{ "kill-zone": "worst" }, { "stop-server": "hive3" }, { wait: "1s" }];
  expect(() => checkTargets(right, watched)).not.toThrow();
  expect(() => checkTargets([...right, { "kill-zone": "z" }], watched)).toThrow("kill-zone: z");
  expect(() => checkTargets([...right, { "stop-server": "z" }], watched)).toThrow("stop-server: z");
});
