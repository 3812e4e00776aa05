import fc from "fast-check";
import {
  type ImageRelease,
  recordRelease,
  removableReleases,
  withoutImages,
} from "../../../model/image-releases";

const release = (tag: string, kept = true): ImageRelease => ({
  tag,
  digest: `sha256:${tag}`,
  reference: `registry/web@sha256:${tag}`,
  builtAt: "",
  kept,
});
const tags = (releases: readonly ImageRelease[]): string[] => releases.map(({ tag }) => tag);

describe("releases of an image", () => {
  test("are newest first, and content that comes back moves to the front", () => {
    const three = ["a", "b", "c"].reduce<ImageRelease[]>(
      (releases, tag) => recordRelease(releases, release(tag)),
      [],
    );
    expect(tags(three)).toEqual(["c", "b", "a"]);
    expect(tags(recordRelease(three, release("a")))).toEqual(["a", "c", "b"]);
  });

  test("five are remembered; an older one only as long as its image is kept", () => {
    const five = ["e", "d", "c", "b", "a"].map((tag) => release(tag, tag > "b"));
    expect(tags(recordRelease(five, release("f")))).toEqual(["f", "e", "d", "c", "b"]);
    const used = [...five.slice(0, 4), release("a")];
    expect(tags(recordRelease(used, release("f")))).toEqual(["f", "e", "d", "c", "b", "a"]);
    expect(tags(withoutImages(recordRelease(used, release("f")), [release("a")]))).toEqual([
      ...["f", "e", "d", "c", "b"],
    ]);
  });

  test("whatever was built and is in use: the newest three and the used ones keep their image", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(..."abcdefgh"), { minLength: 1, maxLength: 30 }),
        fc.constantFrom(..."abcdefgh"),
        (built, used) => {
          let releases: readonly ImageRelease[] = [];
          for (const tag of built) {
            releases = recordRelease(releases, release(tag));
            const old = removableReleases(releases, (each) => each.tag === used);
            releases = withoutImages(releases, old);
            expect(releases[0]).toEqual(release(tag));
            expect(releases.slice(0, 3).every((each) => each.kept || each.tag !== used)).toBe(true);
            expect(releases.filter(({ kept }) => kept).length).toBeLessThanOrEqual(4);
            expect(new Set(tags(releases)).size).toBe(releases.length);
          }
          const last = [...new Set([...built].reverse())].slice(0, 3);
          expect(tags(releases.slice(0, 3))).toEqual(last);
        },
      ),
    );
  });
});
