import fc from "fast-check";
import {
  autoPorts,
  isWithin,
  replicationMinors,
  replicationPorts,
  stableNumber,
} from "../../../../model/values/stable-number";

test("a name has its number, now and in every version to come", () => {
  // Published ports and the disks of running sites hang on these numbers: never change them.
  expect(stableNumber("web:80/tcp", autoPorts)).toMatchInlineSnapshot(`64306`);
  expect(stableNumber("ldap-data", replicationMinors)).toMatchInlineSnapshot(`401457`);
  expect(stableNumber("ldap-data", replicationPorts)).toMatchInlineSnapshot(`26169`);
});

test.each([
  ["ports", autoPorts],
  ["minors", replicationMinors],
  ["replication ports", replicationPorts],
])("%s stay in their range", (_, range) => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const number = stableNumber(name, range);
      expect(Number.isInteger(number)).toBe(true);
      expect(isWithin(range, number)).toBe(true);
    }),
  );
});

test("the whole range is used, both ends too", () => {
  const range = { first: 7, last: 9 };
  const seen = new Set(Array.from({ length: 60 }, (_, index) => stableNumber(`s${index}`, range)));
  expect([...seen].sort()).toEqual([7, 8, 9]);
});
