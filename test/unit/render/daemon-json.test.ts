import { overlaps, parseCidr } from "../../../model/network/addresses";
import { engineNeeds, renderDaemonJson } from "../../../render/daemon-json";
import { hostOf, samplePlan } from "./sample-plan";

interface Settings extends Record<string, unknown> {
  readonly "default-address-pools": readonly { base: string; size: number }[];
}

const settings = JSON.parse(renderDaemonJson()) as Settings;

test("the engine's settings", () => {
  expect(renderDaemonJson()).toMatchSnapshot();
});

test("keys are sorted, so that a new one makes a small difference", () => {
  expect(Object.keys(settings)).toEqual([...Object.keys(settings)].sort());
});

test("the engine listens on no address: sshd is the only way in", () => {
  expect(settings).not.toHaveProperty("hosts");
  expect(settings).not.toHaveProperty("tls");
});

test("networks of containers stay clear of the default networks of stage and services", () => {
  for (const { base } of settings["default-address-pools"]) {
    for (const other of ["172.29.16.0/24", "10.224.0.0/12"]) {
      expect(overlaps(parseCidr(base), parseCidr(other))).toBe(false);
    }
  }
});

describe("programs in containers gain no privileges", () => {
  const plan = samplePlan();
  const withServices = (change: object): typeof plan => ({
    ...plan,
    services: plan.services.map((service) => ({ ...service, ...change })),
  });
  const isForbidden = (of: typeof plan, index: number): boolean =>
    "no-new-privileges" in
    (JSON.parse(renderDaemonJson(engineNeeds(of, hostOf(of, index)))) as Settings);

  test("on any server", () => {
    expect(settings["no-new-privileges"]).toBe(true);
    expect([0, 3].map((index) => isForbidden(plan, index))).toEqual([true, true]);
  });

  test.each([{ newPrivileges: true }, { standalone: true }])(
    "but on cluster servers of a site with a service that needs it: %j",
    (change) => {
      const of = withServices(change);
      expect([0, 1, 2, 3].map((index) => isForbidden(of, index))).toEqual([
        false,
        false,
        false,
        true,
      ]);
    },
  );
});
