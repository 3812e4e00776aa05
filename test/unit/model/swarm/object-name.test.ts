import { createHash } from "node:crypto";

import fc from "fast-check";

import {
  configObjectName,
  contentFault,
  contentLimit,
  objectNameFault,
  secretObjectName,
} from "../../../../model/swarm/object-name";

describe("names of secrets and configs in the Swarm", () => {
  test("stay the same from release to release, or every service would be rolled", () => {
    expect(secretObjectName("password", "salt", "value")).toMatchInlineSnapshot(
      `"password-aaf15d64"`,
    );
    expect(configObjectName("site", "content", false)).toMatchInlineSnapshot(`"site-58b222fd"`);
    expect(configObjectName("site", "content", true)).toMatchInlineSnapshot(`"site-a33e3698"`);
  });

  test("change with the content, and are names that a Swarm takes", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.boolean(), (salt, a, b, template) => {
        fc.pre(a !== b);
        expect(secretObjectName("n", salt, a)).not.toBe(secretObjectName("n", salt, b));
        expect(configObjectName("n", a, template)).not.toBe(configObjectName("n", b, template));
        expect(configObjectName("n", a, true)).not.toBe(configObjectName("n", a, false));
        expect(secretObjectName("n", salt, a)).toMatch(/^n-[0-9a-f]{8}$/);
      }),
    );
  });

  test("tell nothing about a weak password to who does not know the salt", () => {
    const plain = createHash("sha256").update("123456").digest("hex").slice(0, 8);
    const names = ["one", "two"].map((salt) => secretObjectName("password", salt, "123456"));
    expect(names[0]).not.toBe(names[1]);
    expect(names.join()).not.toContain(plain);
  });

  test.each(["a", "nginx.conf", "a_b-c.d", "a".repeat(55)])("%s is a name", (name) => {
    expect(objectNameFault(name)).toBeUndefined();
  });

  test.each(["", "-a", "a.", "a b", "a/b", "a".repeat(56)])("'%s' is no name", (name) => {
    expect(objectNameFault(name)).toContain(`'${name}' is not a valid name in the Swarm`);
  });
});

describe("contents", () => {
  test.each([1, contentLimit - 1])("of %d bytes are taken", (size) => {
    expect(contentFault("The config 'x'", "a".repeat(size))).toBeUndefined();
  });

  test("that are empty or too large are refused with size, limit and a way out", () => {
    expect(contentFault("The config 'x'", "")).toContain("The config 'x' is empty");
    expect(contentFault("The config 'x'", "a".repeat(contentLimit))).toMatch(
      /has 512000 bytes; the limit of a Swarm is below 512000 \(500 KiB\)\. Split it/,
    );
  });
});
