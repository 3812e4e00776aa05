import fc from "fast-check";

import {
  hasSettings,
  isHeldBySwarm,
  isOwnNetwork,
  networkFaults,
  networkSettings,
  type NetworkSpec,
  overlappingNetwork,
  successorName,
  toEngineNetwork,
} from "../../../../model/network/spec";
import type { EngineNetwork } from "../../../../model/engine-api/network";

const spec: NetworkSpec = {
  site: "hive.example",
  name: "backend",
  driver: "overlay",
  driverOptions: {},
  attachable: true,
  internal: false,
};

/** The network as a Swarm shows it after it was made from `body`, with what the Swarm adds. */
function stored(body: object): EngineNetwork {
  const { Name, Driver, Options, Labels, IPAM, Attachable, Internal } = body as EngineNetwork;
  const range = IPAM?.Config?.[0] ?? { Subnet: "10.224.3.0/24" };
  const gateway = (range.Subnet ?? "").replace(/0\/\d+$/, "1");
  return {
    Id: "id",
    Name,
    Scope: "swarm",
    Driver,
    Options: { ...Options, "com.docker.network.driver.overlay.vxlanid_list": "4097" },
    Labels: Labels ?? null,
    IPAM: { Config: [{ Gateway: gateway, ...range }] },
    Attachable: Attachable ?? false,
    Internal: Internal ?? false,
    Containers: null,
  };
}

const options = fc.dictionary(fc.constantFrom("encrypted", "a", "b"), fc.string({ maxLength: 3 }));
const anySpec: fc.Arbitrary<NetworkSpec> = fc
  .record({
    driverOptions: options,
    attachable: fc.boolean(),
    internal: fc.boolean(),
    range: fc.constantFrom(
      {},
      { subnet: "10.9.0.0/24" },
      { subnet: "10.9.0.0/24", gateway: "10.9.0.9" },
    ),
  })
  .map(({ range, ...rest }) => ({ ...spec, ...rest, ...range }));

describe("a network of the Swarm", () => {
  test("reads back as it was asked for, whatever the Swarm adds", () => {
    fc.assert(
      fc.property(anySpec, (wanted) => {
        const seen = stored(toEngineNetwork(wanted, wanted.name));
        const { site, name } = wanted;
        expect({ site, name, ...networkSettings(seen, wanted) }).toEqual(wanted);
        expect(isOwnNetwork(seen, wanted)).toBe(true);
      }),
    );
  });

  test("is the wanted one exactly when it was made from the same settings, whatever was set and is wanted no more", () => {
    const parts = ["subnet", "gateway", "driverOptions", "attachable", "internal"] as const;
    fc.assert(
      fc.property(anySpec, fc.subarray([...parts]), (had, removed) => {
        const wanted = Object.fromEntries(
          Object.entries({ ...spec, ...had }).flatMap(([key, value]) => {
            const gone = (removed as string[]).includes(key);
            return gone
              ? key in spec
                ? [[key, spec[key as keyof NetworkSpec]]]
                : []
              : [[key, value]];
          }),
        ) as unknown as NetworkSpec;
        // A gateway is never wanted without its range.
        fc.pre(wanted.gateway === undefined || wanted.subnet !== undefined);
        const pool = ["10.224.0.0/16"];
        const same =
          JSON.stringify(toEngineNetwork(had, "x")) ===
          JSON.stringify(toEngineNetwork(wanted, "x"));
        expect(hasSettings(stored(toEngineNetwork(had, "x")), wanted, pool)).toBe(same);
        expect(hasSettings(stored(toEngineNetwork(wanted, "x")), wanted, pool)).toBe(true);
      }),
    );
  });

  test("gets its own name beside an older one: the same for the same settings, another for others", () => {
    fc.assert(
      fc.property(anySpec, anySpec, (left, right) => {
        const reversed = Object.fromEntries(Object.entries(left.driverOptions).reverse());
        expect(successorName({ ...left, driverOptions: reversed })).toBe(successorName(left));
        const same =
          JSON.stringify(networkSettings(stored(toEngineNetwork(left, "x")), left)) ===
          JSON.stringify(networkSettings(stored(toEngineNetwork(right, "x")), right));
        expect(successorName(left) === successorName(right)).toBe(same);
      }),
    );
    expect(successorName(spec)).toMatch(/^backend-[0-9a-f]{8}$/);
  });

  test("of another driver is said to be the Swarm's", () => {
    expect(toEngineNetwork({ ...spec, driver: "macvlan" }, "backend")).toMatchObject({
      Scope: "swarm",
    });
    expect(toEngineNetwork(spec, "backend")).not.toHaveProperty("Scope");
  });

  test.each([
    ["another site", { Labels: { "hive.site": "other", "hive.name": "backend" } }],
    ["another name", { Labels: { "hive.site": "hive.example", "hive.name": "front" } }],
    ["no labels", { Labels: null }],
  ])("of %s is not this one", (_what, change) => {
    const seen = { ...stored(toEngineNetwork(spec, "backend")), ...change };
    expect(isOwnNetwork(seen, spec)).toBe(false);
  });

  test("is the Swarm's only if it comes from the Swarm, not from a host", () => {
    const seen = stored(toEngineNetwork(spec, "backend"));
    expect(isHeldBySwarm(seen)).toBe(true);
    expect(isHeldBySwarm({ ...seen, Containers: {} })).toBe(false);
    expect(isHeldBySwarm({ ...seen, Scope: "local" })).toBe(false);
  });

  test("that meets the range of another is found before it is made", () => {
    const other = stored(toEngineNetwork({ ...spec, subnet: "10.9.0.0/24" }, "backend"));
    const wanted = { ...spec, subnet: "10.9.0.128/25" };
    expect(overlappingNetwork(wanted, [other])).toBe(other);
    expect(overlappingNetwork(spec, [other])).toBeUndefined();
    expect(overlappingNetwork({ ...spec, subnet: "10.9.1.0/24" }, [other])).toBeUndefined();
    expect(overlappingNetwork(wanted, [{ ...other, IPAM: { Config: null } }])).toBeUndefined();
  });

  test.each<[string, Partial<NetworkSpec>, RegExp]>([
    ["name", { name: "a".repeat(55) }, /up to 54 characters/],
    ["name", { name: "back end" }, /is not a valid network name/],
    ["subnet", { subnet: "10.9.0.1/24" }, /write 10\.9\.0\.0\/24/],
    ["gateway", { gateway: "10.9.0.1" }, /has no subnet/],
    [
      "gateway",
      { subnet: "10.9.0.0/24", gateway: "10.9.1.1" },
      /is not an address of 10\.9\.0\.0\/24/,
    ],
    ["gateway", { subnet: "10.9.0.0/24", gateway: "x" }, /is not an address of/],
  ])("with a wrong %s %j is refused", (field, change, reason) => {
    expect(networkFaults({ ...spec, ...change })).toEqual([
      { field, reason: expect.stringMatching(reason) as string },
    ]);
  });

  test("as it should be is not refused", () => {
    expect(networkFaults({ ...spec, name: "hive_default" })).toEqual([]);
    expect(networkFaults({ ...spec, subnet: "10.9.0.0/24", gateway: "10.9.0.254" })).toEqual([]);
  });
});
