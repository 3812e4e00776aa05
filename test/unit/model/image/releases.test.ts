import fc from "fast-check";
import {
  type ImageRelease,
  recordPinned,
  recordRelease,
  removableReleases,
  withoutImages,
} from "../../../../model/image/releases";

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

  test("one that was promoted becomes the newest; going back to one that is kept changes nothing", () => {
    const built = ["b", "a"].map((tag) => release(tag));
    const { digest, reference } = release("p");
    const promoted = recordPinned(built, { digest, reference });
    expect(promoted).toEqual([{ tag: "", digest, reference, builtAt: "", kept: true }, ...built]);
    expect(recordPinned(promoted, { digest, reference })).toBe(promoted);
    expect(recordPinned(promoted, release("a"))).toBe(promoted);
    const second = recordPinned(promoted, release("q"));
    expect(second.map((each) => each.digest)).toEqual(
      ["q", "p", "b", "a"].map((d) => `sha256:${d}`),
    );
    expect(withoutImages(second, [second[1]!]).map(({ kept }) => kept)).toEqual([
      ...[true, false, true, true],
    ]);
  });

  test("one that is promoted again after it was removed is kept again", () => {
    const releases = ["d", "c", "b", "a"].map((tag) => release(tag, tag !== "a"));
    expect(recordPinned(releases, release("a"))[0]).toEqual(release("a"));
    expect(tags(recordPinned(releases, release("a")))).toEqual(["a", "d", "c", "b"]);
  });

  test("the one before what runs stays, however many releases failed since", () => {
    const releases = ["g", "f", "e", "d", "c", "b", "a"].map((tag) => release(tag, tag !== "c"));
    const removable = (used: string): string[] =>
      tags(removableReleases(releases, ({ tag }) => tag === used));
    expect(removable("g")).toEqual(["d", "b", "a"]);
    expect(removable("e")).toEqual(["b", "a"]);
    // The one before it that is still kept.
    expect(removable("d")).toEqual(["a"]);
    expect(removable("b")).toEqual(["d"]);
  });

  test("whatever was built or promoted, and is in use: the newest three, the used ones and those before them keep their image", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(..."abcdefgh"), { minLength: 1, maxLength: 30 }),
        fc.func(fc.boolean()),
        fc.constantFrom(..."abcdefgh"),
        (built, isPromoted, used) => {
          let releases: readonly ImageRelease[] = [];
          const keptOf = (): string[] =>
            releases.filter(({ kept }) => kept).map(({ digest }) => digest);
          for (const tag of built) {
            const { digest } = release(tag);
            const before = keptOf();
            releases = isPromoted(tag)
              ? recordPinned(releases, release(tag))
              : recordRelease(releases, release(tag));
            const all = keptOf();
            const old = removableReleases(releases, (each) =>
              [digest, `sha256:${used}`].includes(each.digest),
            );
            releases = withoutImages(releases, old);
            const kept = keptOf();
            expect(kept).toContain(digest);
            if (!isPromoted(tag) || !before.includes(digest)) expect(kept[0]).toBe(digest);
            for (const running of [digest, `sha256:${used}`]) {
              const at = all.indexOf(running);
              if (at >= 0) expect(kept).toEqual(expect.arrayContaining(all.slice(at, at + 2)));
            }
            // The newest three, two that are used and those before them.
            expect(kept.length).toBeLessThanOrEqual(7);
            expect(new Set(releases.map((each) => each.digest)).size).toBe(releases.length);
          }
        },
      ),
    );
  });
});
