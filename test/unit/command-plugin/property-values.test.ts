import {
  asSecret,
  isUnknown,
  secretStrings,
  unwrap,
} from "../../../toolchain/plugins/command/property-values";
import { archive, asset, secret, unknown } from "./marks";

test("secrets are unwrapped at any depth", () => {
  const wrapped = {
    connection: secret({ host: secret("h"), ports: [secret(1), 2] }),
    environment: { A: secret("x"), B: "y" },
  };
  expect(unwrap(wrapped)).toEqual({
    connection: { host: "h", ports: [1, 2] },
    environment: { A: "x", B: "y" },
  });
});

test("assets and archives are not taken apart", () => {
  const values = { a: asset({ hash: "h", path: "p" }), b: archive({ hash: "h", path: "p" }) };
  expect(unwrap({ a: secret(values.a), b: values.b })).toEqual(values);
});

test("a secret is not wrapped twice", () => {
  expect(asSecret(asSecret("x"))).toEqual(secret("x"));
});

test.each<[unknown, boolean]>([
  ["text", false],
  [unknown, true],
  ["1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", true],
  [secret(unknown), true],
  [secret("text"), false],
  [{ a: unknown }, false],
])("%j is not known: %s", (value, expected) => {
  expect(isUnknown(value)).toBe(expected);
});

test("the strings inside secrets are found, others are not", () => {
  const properties = {
    create: "public",
    stdin: secret("one"),
    environment: secret({ A: "two", B: ["three", 4] }),
    triggers: [secret(unknown), "public too"],
  };
  expect(secretStrings(properties)).toEqual(["one", "two", "three"]);
});
