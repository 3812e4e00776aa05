import * as pulumi from "@pulumi/pulumi";
import { Hive } from "../../components/hive";
import { planContainerFleet } from "../../fleet/container/plan";
import { ContainerFleet } from "../../fleet/container/servers";
import { snapshotOf } from "../../model/changes/snapshot";
import { planStack } from "../../model/plan-site";
import { defineSite } from "../../model/site";
import { record, type Recorded } from "./recorder";

// Each provider's text is serialized once; that takes seconds on a busy computer.
jest.setTimeout(120_000);

const digest = `sha256:${"d".repeat(64)}`;

/** Declares a site with one image as far as images go; gives the resources of the image. */
async function declare(
  pull: { readonly pull?: { on: ["private"]; from: string } },
  config: Readonly<Record<string, string>> = {},
): Promise<{ readonly build: Recorded["inputs"]; readonly onHosts: Recorded["inputs"] }> {
  const plan = planStack({
    stackName: "private",
    config: {
      "hive:fleet": "container",
      "hive:cidr": "172.29.16.0/24",
      "hive:throughPhase": "build-images",
      ...config,
    },
    site: defineSite({
      name: "hive.example",
      images: { web: { context: "site/images/portal", ...pull } },
      services: { web: { image: { build: "web" } } },
    }),
    building: true,
  });
  const facts = {
    cgroupVersion: 2 as const,
    desktop: false,
    platform: "linux" as const,
    networks: [],
    busyPorts: [],
    containers: [],
  };
  const resources = await record(() => {
    const stageSecrets = pulumi.secret<Record<string, string>>({});
    new Hive("hive", {
      plan,
      snapshot: snapshotOf(plan, { contexts: {}, files: {} }),
      partial: false,
      buildFleet: (name, args, opts) =>
        new ContainerFleet(name, { ...args, plan, fleet: planContainerFleet(plan, facts) }, opts),
      stageSecrets,
    });
  });
  const inputsOf = (name: string): Recorded["inputs"] =>
    resources.find((resource) => resource.name === name)?.inputs ?? {};
  return { build: inputsOf("image-web-build"), onHosts: inputsOf("image-web-on-hosts") };
}

describe("an image of the site", () => {
  it("is built, on another host if need be, and what runs is known to the one who removes old ones", async () => {
    const { build, onHosts } = await declare({});
    const names = (hosts: unknown): string[] =>
      (hosts as { name: string }[]).map(({ name }) => name);
    expect(names([build["host"]])).toEqual(["p-hive3.hive.example"]);
    expect(names(build["fallbackHosts"])).toEqual(names(onHosts["hosts"]));
    expect(names(build["managers"])).toEqual(names(onHosts["hosts"]));
    expect(build["baseImage"]).toMatchObject({ seedFromLocalEngine: true });
    expect(build["pullFrom"]).toBeUndefined();
  });

  it("that is pinned to an earlier release is pulled with the account; its build stays, so that no release is removed", async () => {
    const { build, onHosts } = await declare({}, { "hive:pins": JSON.stringify({ web: digest }) });
    const pin = `${String(build["repository"])}@${digest}`;
    expect(build["pullFrom"]).toBe(pin);
    expect(onHosts).toMatchObject({ reference: pin, registryAuth: { username: "pull" } });
  });

  it("that comes from another stage is pulled from there, and the own account stays at home", async () => {
    const from = `registry.staging.example:5000/web@${digest}`;
    const { build, onHosts } = await declare({ pull: { on: ["private"], from } });
    expect(build["pullFrom"]).toBe(from);
    expect(onHosts["reference"]).toBe(from);
    expect(onHosts["registryAuth"]).toBeUndefined();
  });
});
