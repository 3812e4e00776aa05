import fc from "fast-check";

import {
  foreignVolume,
  isOfSite,
  otherVolume,
  volumeDifferences,
} from "../../../../model/volume/settings";

describe("a volume that exists", () => {
  test.each([
    ["no options", null, {}],
    ["no options at all", undefined, {}],
    ["the same options", { type: "nfs", o: "ro" }, { o: "ro", type: "nfs" }],
  ])("with %s is the wanted one", (_what, Options, driverOptions) => {
    const seen = { Driver: "local", ...(Options === undefined ? {} : { Options }) };
    expect(volumeDifferences(seen, { driver: "local", driverOptions })).toEqual([]);
  });

  test("with an option that is wanted no more is another one", () => {
    const options = fc.dictionary(fc.constantFrom("type", "device", "o"), fc.string());
    fc.assert(
      fc.property(options, fc.subarray(["type", "device", "o"]), (had, removed) => {
        const left = Object.entries(had).filter(([name]) => !removed.includes(name));
        const wanted = { driver: "local", driverOptions: Object.fromEntries(left) };
        const differs = volumeDifferences({ Driver: "local", Options: had }, wanted).length > 0;
        expect(differs).toBe(left.length < Object.keys(had).length);
      }),
    );
  });

  test("is told apart by driver and options, and no value that may be secret is shown", () => {
    const seen = {
      Driver: "local",
      Options: { type: "cifs", device: "//a/b", o: "password=planted", extra: "planted" },
    };
    const wanted = {
      driver: "hive-shared",
      driverOptions: { type: "cifs", device: "//a/c", o: "password=planted2", size: "planted" },
    };
    const differences = volumeDifferences(seen, wanted);
    expect(differences).toEqual([
      "it has an option extra that is not wanted",
      "its driver is 'local', not 'hive-shared'",
      "its option device is '//a/b', not '//a/c'",
      "its option o has another value",
      "its option size is missing",
    ]);
    const message = otherVolume("data", differences, []);
    expect(message).toMatch(/hive deletes nothing[^]*docker volume rm data/);
    expect(message).not.toContain("planted");
  });
});

describe("whose a volume is", () => {
  const own = { "hive.site": "hive.example" };
  const other = { "hive.site": "other.example" };
  test.each([
    ["local", own, undefined, true],
    ["local", other, "belongs to the site 'other.example', not to 'hive.example'", false],
    ["local", {}, "does not carry the label hive.site", false],
    ["local", null, "does not carry the label hive.site", false],
    ["hive-shared", own, undefined, true],
    ["hive-shared", other, "belongs to the site 'other.example'", false],
    ["hive-shared", null, undefined, false],
  ])("of the driver %s with the labels %j", (Driver, Labels, reason, ofSite) => {
    const seen = { Driver, Labels };
    const foreign = foreignVolume("data", seen, "hive.example");
    if (reason === undefined) expect(foreign).toBeUndefined();
    else {
      expect(foreign).toContain(reason);
      expect(foreign).toMatch(/another name[^]*docker volume rm data/);
    }
    expect(isOfSite(seen, "hive.example")).toBe(ofSite);
  });
});
