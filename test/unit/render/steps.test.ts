import { spawnSync } from "node:child_process";
import { engineStep } from "../../../render/engine";
import { firewallStep } from "../../../render/firewall";
import { firstContactStep } from "../../../render/first-contact";
import { baseStep } from "../../../render/host-base";
import { readyStep } from "../../../render/ready";
import { registrySecretInput, registryStep } from "../../../render/registry";
import {
  containerUnitPath,
  renderContainerUnit,
  rightsArguments,
} from "../../../render/systemd-container";
import { hostOf, sampleOperators, samplePlan } from "./sample-plan";

const plan = samplePlan();
const host = hostOf(plan, 0);
const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";

const steps: [string, string][] = [
  ["ready", readyStep()],
  ["first contact", firstContactStep("hive")],
  ["base", baseStep(plan, host, sampleOperators)],
  ["firewall", firewallStep(plan, host)],
  ["engine", engineStep(plan, host, certificate)],
  ["registry", registryStep(plan, `sha256:${"0".repeat(64)}`)],
];

/** The script inside a step's command: what its bash reads up to the NUL. */
function scriptOf(command: string): string {
  const sudo = `sudo() { cat; }\n`;
  const { stdout } = spawnSync("bash", ["-c", sudo + command], { encoding: "utf8", input: "" });
  return stdout.replace("\0", "");
}

// These run as the admin user, and wait for the server: what is inside of them is not taken out by
// running them.
test.each(steps.slice(0, 2))("the step %s is valid bash", (_, command) => {
  expect(spawnSync("bash", ["-n", "-c", command], { encoding: "utf8" }).stderr).toBe("");
});

test.each(steps.slice(2))("the step %s is valid bash, inside and outside", (_, command) => {
  for (const text of [command, scriptOf(command)]) {
    expect(spawnSync("bash", ["-n", "-c", text], { encoding: "utf8" }).stderr).toBe("");
  }
});

// A command is one argument of the shell that sshd starts: 128 KiB at most (execve(2),
// MAX_ARG_STRLEN).
test.each(steps)("the step %s leaves room below the limit of a command", (_, command) => {
  expect(Buffer.byteLength(command)).toBeLessThan(60_000);
});

test.each(steps)("the step %s is the same on every run", (name, command) => {
  const again: Record<string, string> = {
    ready: readyStep(),
    "first contact": firstContactStep("hive"),
    base: baseStep(samplePlan(), host, sampleOperators),
    firewall: firewallStep(samplePlan(), host),
    engine: engineStep(samplePlan(), host, certificate),
    registry: registryStep(samplePlan(), `sha256:${"0".repeat(64)}`),
  };
  expect(again[name]).toBe(command);
});

test("a certificate with or without a line end at its end is the same step", () => {
  expect(engineStep(plan, host, `${certificate}\n`)).toBe(engineStep(plan, host, certificate));
});

test("every host's engine step is the same but for its own name", () => {
  const other = hostOf(plan, 1);
  expect(engineStep(plan, other, certificate).replaceAll(other.name, host.name)).toBe(
    engineStep(plan, host, certificate),
  );
});

test("the registry's secrets travel in the input and not in the command", () => {
  const secrets = {
    certificatePem: "cert",
    privateKeyPem: "planted-key",
    push: "planted-push",
    pull: "planted-pull",
  };
  const input = registrySecretInput(secrets);
  const sent = input
    .split("\n")
    .slice(1, -2)
    .map((line) => line.split(" ").map((word) => Buffer.from(word, "base64").toString()));
  expect(sent).toEqual([
    ["/etc/hive/registry/tls.crt", "cert"],
    ["/etc/hive/registry/tls.key", "planted-key"],
    ["/etc/hive/registry/push.htpasswd", "push:planted-push"],
    ["/etc/hive/registry/pull.htpasswd", "pull:planted-pull"],
  ]);
});

test("the unit of a container on a host", () => {
  const container = {
    name: "hive-sample",
    description: "A sample",
    image: "sha256:1",
    rights: {
      user: "sample",
      keepCapabilities: ["CHOWN", "KILL"],
      tmpfs: [{ target: "/run", sizeMiB: 16, mode: "0755" }],
      memoryMiB: 64,
      pids: 32,
    },
    ports: [
      { published: 5000, target: 5000, protocol: "tcp" as const },
      { published: 53, target: 1053, protocol: "udp" as const, address: "127.0.0.1" },
    ],
    mounts: [
      { source: "/etc/hive/sample", target: "/etc/sample", readOnly: true },
      { source: "sample", target: "/var/lib/sample" },
    ],
    environmentFile: "/etc/hive/sample.env",
    stopSeconds: 25,
    arguments: ["--name", "two words", "100%"],
  };
  expect(containerUnitPath(container)).toBe("/etc/systemd/system/hive-sample.service");
  expect(renderContainerUnit(container)).toMatchSnapshot();
});

test("a container on a host has no rights that are not named", () => {
  expect(rightsArguments({ memoryMiB: 64, pids: 32 })).toEqual([
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=64m",
    "--pids-limit=32",
  ]);
});
