import fc from "fast-check";
import { earlierImages, removableImages } from "../../../../model/image/on-hosts";

const image = (letter: string): string => `registry.example:5000/web@sha256:${letter.repeat(64)}`;

describe("images that hosts had before", () => {
  test("are newest first, each once, without the current one", () => {
    expect(earlierImages("c", "b", ["a"])).toEqual(["b", "a"]);
    expect(earlierImages("a", "b", ["a"])).toEqual(["b"]);
    expect(earlierImages("c", "b", ["x", "b"])).toEqual(["b", "x"]);
  });

  test("the one before stays for a rollback, older ones go", () => {
    expect(removableImages([image("b"), image("a")], [image("c")])).toEqual([image("a")]);
    expect(removableImages([image("b")], [])).toEqual([]);
  });

  test("nothing goes while nobody can say what is in use", () => {
    expect(removableImages([image("b"), image("a")], undefined)).toEqual([]);
  });

  test("whatever fails to roll out, what services name and the image before the current one are on the hosts", () => {
    const letters = fc.constantFrom(..."abcdef");
    fc.assert(
      fc.property(fc.array(fc.tuple(letters, fc.boolean()), { minLength: 1 }), (releases) => {
        let current = image("0");
        let running = current;
        let earlier: readonly string[] = [];
        for (const [letter, succeeds] of releases) {
          const next = image(letter);
          if (next !== current) {
            const had = earlierImages(next, current, earlier);
            const gone = removableImages(had, [running]);
            earlier = had.filter((reference) => !gone.includes(reference));
            expect(earlier[0]).toBe(current);
            current = next;
          }
          expect([current, ...earlier]).toContain(running);
          expect(earlier.length).toBeLessThanOrEqual(2);
          if (succeeds) running = current;
        }
      }),
    );
  });
});
