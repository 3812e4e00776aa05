import fc from "fast-check";
import {
  contains,
  formatCidr,
  overlaps,
  parseAddress,
  parseCidr,
} from "../../../../model/network/addresses";
import {
  addressInZone,
  dividablePrefixes,
  zoneSubnets,
} from "../../../../model/network/zone-subnets";

const zoneCounts = fc.integer({ min: 1, max: 6 });
const lastIndices = fc.constantFrom(3, 5, 7);
/** A network that is as small as it may be, or larger. */
const network = (zones: number, lastIndex: number) => {
  const { shortest, longest } = dividablePrefixes(zones, lastIndex);
  return fc
    .integer({ min: shortest, max: longest })
    .map((prefix) => parseCidr(`10.0.0.0/${prefix}`));
};
const cases = fc.tuple(zoneCounts, lastIndices).chain(([zones, lastIndex]) =>
  fc.record({
    zones: fc.constant(zones),
    lastIndex: fc.constant(lastIndex),
    cidr: network(zones, lastIndex),
  }),
);

test.each([
  ["10.17.16.0/24", 1, ["10.17.16.0/24"]],
  ["10.17.16.0/24", 2, ["10.17.16.0/25", "10.17.16.128/25"]],
  ["10.17.16.0/24", 3, ["10.17.16.0/26", "10.17.16.64/26", "10.17.16.128/26"]],
  ["10.17.16.0/24", 4, ["10.17.16.0/26", "10.17.16.64/26", "10.17.16.128/26", "10.17.16.192/26"]],
])("%s over %d zones", (cidr, zones, subnets) => {
  expect(zoneSubnets(parseCidr(cidr), zones).map(formatCidr)).toEqual(subnets);
});

test("subnets are inside the network, do not meet, and EC2 takes each of them", () => {
  fc.assert(
    fc.property(cases, ({ zones, cidr }) => {
      const subnets = zoneSubnets(cidr, zones);
      expect(subnets).toHaveLength(zones);
      for (const [place, subnet] of subnets.entries()) {
        expect(contains(cidr, subnet.network)).toBe(true);
        expect(subnet.prefix).toBeGreaterThanOrEqual(16);
        expect(subnet.prefix).toBeLessThanOrEqual(28);
        for (const other of subnets.slice(place + 1)) expect(overlaps(subnet, other)).toBe(false);
      }
    }),
  );
});

test("each server has an address of its own that EC2 does not reserve, in the subnet of its zone", () => {
  fc.assert(
    fc.property(cases, ({ zones, lastIndex, cidr }) => {
      const subnets = zoneSubnets(cidr, zones);
      const addresses = Array.from({ length: lastIndex + 1 }, (_, index) =>
        addressInZone(cidr, zones, index),
      );
      expect(new Set(addresses).size).toBe(addresses.length);
      for (const [index, text] of addresses.entries()) {
        const subnet = subnets[index % zones];
        const inside = (parseAddress(text) ?? 0) - (subnet?.network ?? 0);
        expect(inside).toBeGreaterThanOrEqual(4);
        expect(inside).toBeLessThan(2 ** (32 - (subnet?.prefix ?? 0)) - 1);
      }
    }),
  );
});

test("a network that is one bit too small is refused", () => {
  const { longest } = dividablePrefixes(3, 7);
  expect(longest).toBe(26);
  expect(() => addressInZone(parseCidr(`10.0.0.0/${longest + 1}`), 3, 7)).toThrow(
    "no subnet has an address for the server with index 7",
  );
});
