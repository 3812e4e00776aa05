import * as pulumi from "@pulumi/pulumi";
import { loadPlan } from "../../cli/plan";
import { Hive } from "../../components/hive";
import { planAwsFleet } from "../../fleet/aws/plan";
import { accountOf, AwsFleet } from "../../fleet/aws/servers";
import type { DockerFacts } from "../../fleet/container/docker-facts";
import { planContainerFleet } from "../../fleet/container/plan";
import { ContainerFleet } from "../../fleet/container/servers";
import type { BuildFleet } from "../../fleet/fleet";
import { snapshotOf } from "../../model/changes/snapshot";
import type { Plan, StageName } from "../../model/plan";
import { stageNames } from "../../model/values/names";
import type { Rule, Target } from "../../policy/rule";
import { rules } from "../../policy/rules/all";
import { generateOpenSshKeyPair } from "../../providers/ssh-key-pair/openssh-key";
import { type Calls, record, type Recorded } from "./recorder";

// The whole site, of which each provider's text is serialized once.
jest.setTimeout(240_000);

/** The stage's own file, with what each operator writes into it. */
function planOf(stage: StageName): Plan {
  const operator = `{ name: anna, publicKey: ${generateOpenSshKeyPair("anna").publicKey} }`;
  return loadPlan(stage, "build", (text) =>
    stage === "private"
      ? text
      : text
          .replace("# sshSources:\n    #   -", "sshSources:\n      -")
          .replace("# hive:operators:", `hive:operators: [${operator}]`),
  );
}

const noContainers: DockerFacts = {
  ...{ cgroupVersion: 2, desktop: false, platform: "linux" },
  ...{ networks: [], busyPorts: [], containers: [] },
};

function fleetOf(plan: Plan): BuildFleet {
  return (name, args, opts) => {
    if (plan.fleet === "container") {
      const fleet = planContainerFleet(plan, noContainers);
      return new ContainerFleet(name, { ...args, plan, fleet }, opts);
    }
    const fleet = planAwsFleet(plan);
    return new AwsFleet(name, { ...args, plan, fleet, account: accountOf(fleet) }, opts);
  };
}

/** What AWS answers for a stage that has servers. */
const withServers: Calls = {
  "aws:ssm/getParameter:getParameter": () => ({ insecureValue: "ami-0123456789abcdef0" }),
  "aws:ec2/getInstances:getInstances": () => ({ ids: ["i-0123456789abcdef0"] }),
  "aws:ec2/getInstance:getInstance": () => ({
    ...{ instanceState: "running", publicIp: "", ebsBlockDevices: [] },
  }),
};

interface Named {
  readonly __name: string;
  readonly __pulumiType: string;
}

interface Registering {
  readonly registerOutputs: (
    outputs: Record<string, pulumi.Input<boolean | number>> | undefined,
  ) => void;
}

/** Declares the whole site on a stage, and returns what the engine was told. */
async function declare(
  plan: Plan,
  { preview = false, firstRun = false } = {},
): Promise<readonly Target[]> {
  const getInstances = { "aws:ec2/getInstances:getInstances": () => ({ ids: [] }) };
  const recorded = await record(
    () => {
      new Hive("hive", {
        plan,
        snapshot: snapshotOf(plan, { contexts: {}, files: {} }),
        partial: false,
        buildFleet: fleetOf(plan),
        stageSecrets: pulumi.secret<Record<string, string>>({}),
      });
    },
    { preview, calls: { ...withServers, ...(firstRun ? getInstances : {}) } },
  );
  return await Promise.all(recorded.map((each) => targetOf(each, plan.stage)));
}

/** What components say of themselves, by their names. */
const outputs = new Map<string, Record<string, unknown>>();

beforeEach(() => {
  outputs.clear();
  jest
    .spyOn(AwsFleet.prototype as unknown as Registering, "registerOutputs")
    .mockImplementation(function (this: Named, said) {
      // The SDK calls it once more, without outputs.
      for (const [key, value] of Object.entries(said ?? {}))
        pulumi
          .output(value)
          .apply((known) =>
            outputs.set(this.__name, { ...outputs.get(this.__name), [key]: known }),
          );
    });
});
afterEach(() => jest.restoreAllMocks());

/** A resource as the policy pack gets it from the engine. */
async function targetOf(each: Recorded, stage: StageName): Promise<Target> {
  const { type, name, inputs, options } = each;
  const urn = (of: Pick<Recorded, "type" | "name">): string =>
    `urn:pulumi:${stage}::hive::${of.type}::${of.name}`;
  const parent = options.parent as Partial<Named> | undefined;
  const dependsOn = await new Promise<Named[]>((resolve) =>
    pulumi
      .output(options.dependsOn as unknown as pulumi.Input<Named | Named[] | undefined>)
      .apply((all) => resolve([all ?? []].flat() as Named[])),
  );
  return {
    ...{ type, name, urn: urn(each) },
    props: outputs.get(name) ?? inputs,
    protect: options.protect === true,
    ...(parent?.__pulumiType === undefined
      ? {}
      : { parent: { type: parent.__pulumiType, name: parent.__name ?? "" } }),
    dependencies: [
      ...dependsOn.map(({ __pulumiType, __name }) => urn({ type: __pulumiType, name: __name })),
      // The engine counts those whose outputs are inputs, here that of an instance.
      ...Object.values(inputs).flatMap((value) => {
        const instance = /^(fleet-hive\d+)-id$/.exec(String(value))?.[1];
        return instance === undefined
          ? []
          : [urn({ type: "aws:ec2/instance:Instance", name: instance })];
      }),
    ],
  };
}

/** Every broken rule, with what it says. */
function faultsOf(targets: readonly Target[], stage: string): readonly string[] {
  const told = (rule: Rule): string[] =>
    rule.faults(targets, stage).map(({ text, urn }) => `${rule.id}: ${urn ?? ""} ${text}`);
  return rules.flatMap(told);
}

describe.each(stageNames)("the worked example on the stage %s", (stage) => {
  it.each([
    ["at a first run", { firstRun: true }],
    ["in the preview of a first run", { firstRun: true, preview: true }],
    ["at a later run", {}],
  ] as const)("keeps every rule of the policy pack %s", async (_when, run) => {
    const targets = await declare(planOf(stage), run);
    expect(targets.length).toBeGreaterThan(50);
    expect(faultsOf(targets, stage)).toEqual([]);
  });
});

test("a server that waits for no other one breaks the rule of one at a time", async () => {
  const targets = (await declare(planOf("staging"))).map((target) =>
    target.name === "fleet-hive2" ? { ...target, dependencies: [] } : target,
  );
  expect(faultsOf(targets, "staging")).toEqual([
    expect.stringMatching(/^one-host-at-a-time: .*fleet-hive2 .*fleet-hive0/),
    expect.stringMatching(/^one-host-at-a-time: .*fleet-hive2 .*fleet-hive1/),
  ]);
});

test("the rules know the port of SSH that the stage has", async () => {
  const plan = planOf("staging");
  if (plan.aws === undefined) throw new Error("staging is not on AWS.");
  const aws = { ...plan.aws, sshSources: ["0.0.0.0/1"] };
  const targets = await declare({ ...plan, aws, ssh: { ...plan.ssh, port: 2222 } });
  expect(faultsOf(targets, "staging")).toContainEqual(
    expect.stringMatching(
      /^no-ssh-from-anywhere: .* everybody \(0\.0\.0\.0\/1\) reach SSH, port 2222\.$/,
    ),
  );
});

test("addresses that production brings are neither protected nor tagged by hive, and break no rule", async () => {
  const plan = planOf("production");
  if (plan.aws === undefined) throw new Error("production is not on AWS.");
  const aws = { ...plan.aws, elasticIps: { hive1: "eipalloc-0123456789abcdef0" } };
  const targets = await declare({ ...plan, aws });
  expect(targets.map(({ name }) => name)).toContain("fleet-hive1-given-ip");
  expect(faultsOf(targets, "production")).toEqual([]);
});
