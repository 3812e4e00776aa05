import fc from "fast-check";
import { commonName } from "../../../../model/values/common-name";

test("a name that fits is taken as it is", () => {
  expect(commonName("registry.hive.example")).toBe("registry.hive.example");
  expect(commonName("x".repeat(64))).toBe("x".repeat(64));
});

test("a longer one is cut to what a certificate takes, and differs from every other one", () => {
  const text = fc.string({ unit: "grapheme-ascii", minLength: 65, maxLength: 120 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(commonName(one)).toHaveLength(64);
      expect(commonName(one) === commonName(other)).toBe(one === other);
    }),
  );
});
