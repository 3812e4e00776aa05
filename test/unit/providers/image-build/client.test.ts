import { knownDigest } from "../../../../providers/image-build/client";
import { renderCurlConfig } from "../../../../providers/registry/curl";

describe("what registries and engines are told", () => {
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
