import {
  authConfig,
  describeBuildFailure,
  knownDigest,
} from "../../../../providers/image-build/client";
import { renderCurlConfig } from "../../../../providers/image-build/registry-manifest";

const request = { contextFolder: "site/images/webgate", name: "registry:5000/webgate:abc" };

describe("messages about failed builds", () => {
  test("only the end of a long output is shown, and the step that failed", () => {
    const log = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const text = describeBuildFailure("hive3", request, "Step 4/7 : RUN make", "code 2", log);
    expect(text.split("\n")[0]).toBe(
      'Building registry:5000/webgate:abc from site/images/webgate on hive3 failed at "Step 4/7 : RUN make": code 2',
    );
    expect(text).toContain("  | line 99");
    expect(text).not.toContain("line 79\n");
  });

  test.each([
    ["mkdir /x: no space left on device", "The disk of hive3 is full."],
    ["Temporary failure resolving 'deb.example'", "could not resolve a name"],
    ["pull access denied for nothing", "starts from (FROM) is not on hive3"],
  ])("%j comes with its remedy", (output, remedy) => {
    expect(describeBuildFailure("hive3", request, "", "failed", [output])).toContain(remedy);
  });

  test("an unknown failure comes without a made-up remedy", () => {
    expect(describeBuildFailure("hive3", request, "", "failed", [])).toBe(
      "Building registry:5000/webgate:abc from site/images/webgate on hive3 failed: failed\nNothing that runs was changed.",
    );
  });
});

describe("what registries and engines are told", () => {
  test("the account is for the registry that the repository names", () => {
    expect(authConfig("registry.example:5000/team/name", { username: "u", password: "p" })).toEqual(
      {
        username: "u",
        password: "p",
        serveraddress: "registry.example:5000",
      },
    );
  });

  test("of several digests of an image, the one of this repository counts", () => {
    const image = { RepoDigests: ["other/name@sha256:1", "registry/name@sha256:2"] };
    expect(knownDigest(image as never, "registry/name")).toBe("sha256:2");
    expect(knownDigest(image as never, "registry/na")).toBeUndefined();
  });

  test("quotes and backslashes of a password survive curl's config file", () => {
    expect(renderCurlConfig({ user: 'u:a"b\\c', request: "DELETE" })).toBe(
      'user = "u:a\\"b\\\\c"\nrequest = "DELETE"\n',
    );
  });
});
