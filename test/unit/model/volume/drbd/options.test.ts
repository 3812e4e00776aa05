import * as fc from "fast-check";
import { drbdKeywords } from "../../../../../model/volume/drbd/keywords";
import { drbdFaults, drbdOptions } from "../../../../../model/volume/drbd/options";
import { refusedKeywords } from "../../../../../model/volume/drbd/refused-keywords";
import { noticeSeconds } from "../../../../../model/volume/drbd/timers";

const swarm = { heartbeatSeconds: 2 };
const faults = (given: Readonly<Record<string, unknown>>) =>
  drbdFaults(given, swarm).map(({ key, message, remedy }) => `${key} ${message}: ${remedy}`);

test("what hive writes by itself fits together", () => {
  expect(faults({})).toEqual([]);
  expect(noticeSeconds(drbdOptions())).toEqual({ writing: 2.5, idle: 5 });
});

test("a stage may set timers and rates", () => {
  const given = { "ping-int": 2, timeout: 15, "c-max-rate": 200_000, "verify-alg": "sha256" };
  expect(faults(given)).toEqual([]);
  expect(drbdOptions(given)).toMatchObject({ ...given, protocol: "C", "ping-timeout": 20 });
});

test.each([
  [{ quorum: "off" }, /^quorum is refused: two servers .* could both write: leave the key out/],
  [{ "on-no-quorum": "suspend-io" }, /^on-no-quorum is refused: programs would hang/],
  [{ protocol: "A" }, /^protocol is refused: a write would be acknowledged before another server/],
  [{ "after-sb-0pri": "discard-zero-changes" }, /^after-sb-0pri is refused: it throws away/],
  [{ "after-sb-2pri": "violently-as0p" }, /^after-sb-2pri is refused: it throws away/],
  [{ "disk-flushes": "no" }, /^disk-flushes is refused: .* lost with the power/],
  [{ "allow-two-primaries": "yes" }, /^allow-two-primaries is refused: two servers/],
  [{ "shared-secret": "x" }, /^shared-secret is refused: hive draws one/],
  [{ "ping-in": 3 }, /^ping-in is not an option that hive sets: write ping-int/],
  [{ sleep: 3 }, /^sleep is not an option that hive sets: leave it out; there are: quorum, /],
  [{ "ping-int": 0 }, /^ping-int .*: write a whole number from 1 to 120 \(seconds\)/],
  [{ "ping-int": 2.5 }, /^ping-int is not a value of this option/],
  [{ "ping-int": "3" }, /^ping-int is not a value of this option/],
  [{ "verify-alg": "md5" }, /^verify-alg .*: write one of: crc32c, sha1, sha256/],
  [{ timeout: 30 }, /^timeout 3 s is not below ping-int, 3 s: write less than 30/],
  [{ "connect-int": 2 }, /^timeout 2.5 s is not below connect-int, 2 s/],
  [
    { "ping-int": 4 },
    /^ping-int with ping-timeout, a lost server is noticed after 6 s, but .* after 6 s/,
  ],
  [
    { "auto-promote-timeout": 20 },
    /^auto-promote-timeout a task waits 2 s .* 11 s: write more than 110/,
  ],
])("%j is refused, with the reason", (given, expected) => {
  expect(faults(given)).toEqual([expect.stringMatching(expected)]);
});

test("slower timers fit to a slower Swarm", () => {
  const given = { "ping-int": 4 };
  expect(drbdFaults(given, { heartbeatSeconds: 5 })).toEqual([]);
});

test("nothing is both set and refused", () => {
  expect(Object.keys(refusedKeywords).filter((key) => key in drbdKeywords)).toEqual([]);
});

test("whatever a stage says: hive's own value stands in for what is wrong, and each wrong key is named", () => {
  const value = fc.oneof(fc.integer(), fc.string(), fc.constantFrom("no", "off", "A"), fc.double());
  const key = fc.constantFrom(
    ...Object.keys(drbdKeywords),
    ...Object.keys(refusedKeywords),
    "of-the-moon",
  );
  fc.assert(
    fc.property(fc.dictionary(key, value), (given) => {
      const options = drbdOptions(given);
      expect(Object.keys(options)).toEqual(Object.keys(drbdKeywords));
      const named = drbdFaults(given, swarm).map((fault) => fault.key);
      for (const [each, wanted] of Object.entries(given)) {
        if (options[each as keyof typeof options] === wanted) continue;
        expect(named).toContain(each);
      }
    }),
  );
});
