import { overlaps, parseCidr } from "../../../model/network/addresses";
import { renderDaemonJson } from "../../../render/daemon-json";

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
