import { checkName, checkOptions } from "../../../rehearsal/options";

const folder = "/project/.hive/staging/rehearsal";

describe("the options of a rehearsal", () => {
  it("have defaults: a region, and an end with who started it", () => {
    expect(checkOptions({ id: "staging", folder })).toEqual({
      id: "staging",
      folder,
      region: "ap-northeast-1",
      lasting: false,
    });
  });

  it.each(["", "Staging", "a b", "-a", "a".repeat(25), "a;b", "../a"])(
    "refuse the name %p, which would be a part of names of containers",
    (id) => {
      expect(() => checkOptions({ id, folder })).toThrow(`name "${id}" is not valid`);
    },
  );

  it("refuse a folder that depends on where the command runs", () => {
    expect(() => checkOptions({ id: "a", folder: ".hive/a" })).toThrow("Write its whole path");
  });

  it.each(["Tokyo", "ap-northeast", "http://x"])("refuse the region %p", (region) => {
    expect(() => checkOptions({ id: "a", folder, region })).toThrow(`"${region}" is no region`);
  });

  it("say on other systems than Linux that a rehearsal is not possible", () => {
    expect(() => checkName({ id: "a", folder }, "darwin")).toThrow("needs Linux");
  });
});
