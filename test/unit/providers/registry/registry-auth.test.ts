import { authConfig } from "../../../../providers/registry/registry-auth";

describe("authConfig", () => {
  test.each(["registry.example:5000/team/name", "registry.example:5000/name@sha256:1"])(
    "the account is for the registry that %s names",
    (image) => {
      expect(authConfig(image, { username: "u", password: "p" })).toEqual({
        username: "u",
        password: "p",
        serveraddress: "registry.example:5000",
      });
    },
  );

  test("no registry gets it for an image that is named by its id alone", () => {
    const id = `sha256:${"a".repeat(64)}`;
    expect(authConfig(id, { username: "u", password: "p" })).toBeUndefined();
  });

  test("a public registry is asked without one", () => {
    expect(authConfig("registry.example/name", undefined)).toBeUndefined();
  });
});
