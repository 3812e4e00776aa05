import { baseMeaning, engineMeaning, operatorsText } from "../../../render/meaning";
import { hostOf, samplePlan, webPort } from "./sample-plan";

const ports = [webPort, { ...webPort, published: 8081 }];

test("a port that a service publishes is open on cluster hosts, and only for containers elsewhere", () => {
  const plan = samplePlan("172.29.16", ports);
  expect(baseMeaning(plan, hostOf(plan, 0))).toEqual({
    siteAddresses: "172.29.16.4, 172.29.16.5, 172.29.16.6, 172.29.16.7",
    sshPorts: "22",
    swarmMembers: "172.29.16.4, 172.29.16.5, 172.29.16.6",
    openPorts: "80/tcp, 8081/tcp",
  });
  expect(baseMeaning(plan, hostOf(plan, 3))).toEqual({
    siteAddresses: "172.29.16.4, 172.29.16.5, 172.29.16.6, 172.29.16.7",
    sshPorts: "22",
    restrictedPorts: "5000/tcp for 172.29.16.0/24",
    portsForContainers: "80/tcp, 8081/tcp",
  });
});

test("another key of an operator is seen", () => {
  const text = (publicKey: string): string => operatorsText([{ name: "anna", publicKey }]);
  expect(text("ssh-ed25519 AAAAanna")).toMatch(/^anna SHA256:.{12}$/);
  expect(text("ssh-ed25519 AAAAanna")).not.toBe(text("ssh-ed25519 AAAAanne"));
});

test("settings that restart the Docker Engine are seen by a hash", () => {
  const plan = samplePlan();
  const standalone = {
    ...plan,
    services: plan.services.map((service) => ({ ...service, standalone: true })),
  };
  const hash = (of: typeof plan, index: number): string | undefined =>
    engineMeaning(of, hostOf(of, index))["dockerSettingsHash"];
  expect(hash(standalone, 0)).not.toBe(hash(plan, 0));
  expect(hash(standalone, 3)).toBe(hash(plan, 3));
});
