import { otherVolume, volumeDifferences } from "../../../model/volume-settings";

describe("a volume that exists", () => {
  test.each([
    ["no options", null, {}],
    ["no options at all", undefined, {}],
    ["the same options", { type: "nfs", o: "ro" }, { o: "ro", type: "nfs" }],
  ])("with %s is the wanted one", (_what, Options, driverOptions) => {
    const seen = { Driver: "local", ...(Options === undefined ? {} : { Options }) };
    expect(volumeDifferences(seen, { driver: "local", driverOptions })).toEqual([]);
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
    const message = otherVolume("data", differences);
    expect(message).toMatch(/Nothing is deleted[^]*docker volume rm data/);
    expect(message).not.toContain("planted");
  });
});
