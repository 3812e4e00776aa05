import { describeBuildFailure } from "../../../../providers/image-build/build-failure";

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
    ["target stage nope could not be found", "is not a stage of its Dockerfile"],
    ["ERROR: BuildKit is enabled but the buildx component is missing or broken.", "docker-buildx"],
    ["bash: line 9: docker: command not found", "Install docker-cli"],
  ])("%j comes with its remedy", (output, remedy) => {
    expect(describeBuildFailure("hive3", request, "", "failed", [output])).toContain(remedy);
  });

  test("long lines, steps and reasons are cut, so that the error fits into the answer to the engine", () => {
    const long = "x".repeat(100_000);
    const text = describeBuildFailure("hive3", request, long, `${long} code 2`, ["one", long]);
    expect(text.length).toBeLessThan(5000);
    expect(text).toContain("x code 2\n");
    expect(text).toContain("  | …xxx");
  });

  test("an unknown failure comes without a made-up remedy", () => {
    expect(describeBuildFailure("hive3", request, "", "failed", [])).toBe(
      "Building registry:5000/webgate:abc from site/images/webgate on hive3 failed: failed\nNothing that runs was changed.",
    );
  });
});
