import fc from "fast-check";
import {
  type Cidr,
  cidrFault,
  cidrSize,
  contains,
  formatAddress,
  formatCidr,
  gatewayAddress,
  hostAddress,
  hostCapacity,
  overlaps,
  parseAddress,
  parseCidr,
  smallestPrefixFor,
} from "../../../../model/network/addresses";

const networks = fc
  .tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]): Cidr => ({
    network: address - (address % 2 ** (32 - prefix)),
    prefix,
  }));

describe("reading networks", () => {
  test.each([
    ["172.29.16.0/24", undefined],
    ["0.0.0.0/0", undefined],
    ["255.255.255.255/32", undefined],
    ["172.29.16.4/24", "write 172.29.16.0/24"],
    ["10.1.0.0/8", "write 10.0.0.0/8"],
    ["10.0.0.0/33", "write a prefix length of at most 32, e.g. /24"],
    ["10.0.0.0", "write an address, a slash and a prefix length, e.g. 172.29.16.0/24"],
    ["10.0.0/24", "write an address, a slash and a prefix length, e.g. 172.29.16.0/24"],
    ["10.0.0.256/24", "write an address, a slash and a prefix length, e.g. 172.29.16.0/24"],
    ["010.0.0.0/24", "write an address, a slash and a prefix length, e.g. 172.29.16.0/24"],
    ["10.0.0.0/24/1", "write an address, a slash and a prefix length, e.g. 172.29.16.0/24"],
    ["fd00::/8", "write an address, a slash and a prefix length, e.g. 172.29.16.0/24"],
    ["", "write an address, a slash and a prefix length, e.g. 172.29.16.0/24"],
  ])("%s", (text, remedy) => {
    expect(cidrFault(text)?.remedy).toBe(remedy);
  });

  test("a network with a fault cannot be used by accident", () => {
    expect(() => parseCidr("172.29.16.4/24")).toThrow("172.29.16.4/24 has host bits set");
  });

  test("every address and every network reads back as it was written", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), networks, (address, cidr) => {
        expect(parseAddress(formatAddress(address))).toBe(address);
        expect(parseCidr(formatCidr(cidr))).toEqual(cidr);
      }),
    );
  });
});

describe("networks that meet", () => {
  test.each([
    ["172.29.16.0/24", "172.29.16.0/24", true],
    ["172.29.16.0/24", "172.16.0.0/12", true],
    ["172.29.16.0/24", "172.29.17.0/24", false],
    ["172.29.16.0/24", "172.16.0.0/14", false],
    ["0.0.0.0/0", "10.224.0.0/12", true],
    ["192.168.0.0/16", "192.168.255.255/32", true],
  ])("%s and %s: %s", (left, right, expected) => {
    expect(overlaps(parseCidr(left), parseCidr(right))).toBe(expected);
    expect(overlaps(parseCidr(right), parseCidr(left))).toBe(expected);
  });

  test("two networks overlap exactly when one has an address of the other", () => {
    fc.assert(
      fc.property(networks, networks, (left, right) => {
        const shared =
          contains(left, right.network) ||
          contains(right, left.network) ||
          contains(left, right.network + cidrSize(right) - 1);
        expect(overlaps(left, right)).toBe(shared);
      }),
    );
  });
});

describe("addresses of servers", () => {
  const cidr = parseCidr("172.29.16.0/24");

  test("the first four are left to gateway and cloud", () => {
    expect(gatewayAddress(cidr)).toBe("172.29.16.1");
    expect([0, 1, 2, 3].map((index) => hostAddress(cidr, index))).toEqual([
      "172.29.16.4",
      "172.29.16.5",
      "172.29.16.6",
      "172.29.16.7",
    ]);
  });

  test.each([
    ["/29", 3],
    ["/28", 11],
    ["/24", 251],
    ["/30", 0],
    ["/32", 0],
  ])("a %s has room for %i servers", (prefix, capacity) => {
    expect(hostCapacity({ network: 0, prefix: Number(prefix.slice(1)) })).toBe(capacity);
  });

  test("the smallest network for 4 servers is a /28", () => {
    expect(smallestPrefixFor(4)).toBe(28);
    expect(smallestPrefixFor(3)).toBe(29);
  });

  test("a network that is too small gives no address outside of it", () => {
    expect(() => hostAddress(parseCidr("10.0.0.0/29"), 3)).toThrow(
      "10.0.0.0/29 has no address for the server with index 3",
    );
  });

  test("are all different, inside the network, and never the gateway's, the first or the last one", () => {
    fc.assert(
      fc.property(networks, fc.integer({ min: 1, max: 8 }), (network, count) => {
        fc.pre(hostCapacity(network) >= count);
        const addresses = Array.from({ length: count }, (_, index) => hostAddress(network, index));
        expect(new Set(addresses).size).toBe(count);
        for (const text of addresses) {
          const address = parseAddress(text) ?? -1;
          expect(contains(network, address)).toBe(true);
          expect([network.network, network.network + cidrSize(network) - 1]).not.toContain(address);
          expect(text).not.toBe(gatewayAddress(network));
        }
      }),
    );
  });
});
