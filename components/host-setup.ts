import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../fleet/fleet";
import type { GatePlan } from "../model/gate";
import type { HostPlan, OperatorPlan, Plan } from "../model/plan";
import { HiveComponent } from "../providers/framework/hive-component";
import { HostStep } from "../providers/host-step/resource";
import { ReturningStep } from "../providers/returning-step/resource";
import { diskLinksSeconds, diskLinksStep } from "../render/disk-links";
import { engineStep, engineStepSeconds } from "../render/engine";
import { firewallStep, firewallStepSeconds } from "../render/firewall";
import { gateStep, gateStepSeconds } from "../render/gate";
import { baseStep, baseStepSeconds } from "../render/host-base";
import {
  baseMeaning,
  disksText,
  engineMeaning,
  gateMeaning,
  operatorsText,
  shortHash,
} from "../render/meaning";
import { inTurn } from "../render/shell";
import { swarmOf } from "./swarm-cluster";

export interface HostSetupArgs {
  readonly plan: Plan;
  readonly host: Host;
  /** Operators who may log in on the host. */
  readonly operators: pulumi.Input<readonly OperatorPlan[]>;
  /**
   * PEM of the site's own authority, and of the former one while it counts: every host trusts them
   * for the registry.
   */
  readonly trustedAuthorities: pulumi.Input<string>;
  /**
   * The set-up of the host before this one in the chain. The engine step restarts Docker where its
   * settings changed: never on two hosts at once, and not before the previous one is healthy again.
   */
  readonly after?: HostSetup;
  /** The cluster hosts; the last step of one that was away waits until it is back among them. */
  readonly members: readonly Host[];
}

/** A step of a host's set-up. */
export type SetupStep = HostStep | ReturningStep;

/** What a step does, and what it waits for. */
interface Step {
  readonly step: string;
  readonly script: pulumi.Input<string>;
  readonly meaning: Readonly<Record<string, pulumi.Input<string>>>;
  readonly timeoutSeconds: number;
  readonly dependsOn: pulumi.Resource[];
}

/**
 * Makes a plain Linux server a host of the site.
 *
 * Creates: `base` (names of disks, operators, names, kernel settings, journal, time, then the
 * firewall, and then the configuration of the host's gate, if it has one), which runs on all hosts
 * in parallel, and `engine` (settings, trust), which runs on one host after the other.
 * Each step is convergent: it may run any number of times. It runs again only when its text changed
 * or the server was replaced.
 */
export class HostSetup extends HiveComponent {
  /** The last step; resources that need the host's Docker Engine depend on it. */
  readonly engine: SetupStep;
  /** All steps by name, in order. */
  readonly steps: ReadonlyMap<string, SetupStep>;
  private readonly host: Host;

  constructor(name: string, args: HostSetupArgs, opts: pulumi.ComponentResourceOptions) {
    super("HostSetup", name, opts);
    this.host = args.host;

    const gate = gateOn(args.host.plan, args.plan);
    const disks = madeDisks(args.host, args.plan);
    const system = this.step("base", {
      step: "base and firewall",
      script: pulumi
        .all([args.operators, disks ?? {}])
        .apply(([operators, devices]) =>
          inTurn(
            "base and firewall",
            ...(disks === undefined ? [] : [diskLinksStep(devices)]),
            baseStep(args.plan, args.host.plan, operators),
            firewallStep(args.plan, args.host.plan),
            ...(gate === undefined ? [] : [gateStep(gate)]),
          ),
        ),
      meaning: {
        ...baseMeaning(args.plan, args.host.plan),
        operators: pulumi.output(args.operators).apply(operatorsText),
        ...(gate === undefined ? {} : gateMeaning(gate)),
        ...(disks === undefined ? {} : { disks: pulumi.output(disks).apply(disksText) }),
      },
      timeoutSeconds:
        baseStepSeconds +
        firewallStepSeconds +
        (gate === undefined ? 0 : gateStepSeconds) +
        (disks === undefined ? 0 : diskLinksSeconds),
      dependsOn: [args.host.ready],
    });
    this.engine = this.lastStep(args, {
      step: "engine",
      script: pulumi
        .output(args.trustedAuthorities)
        .apply((trusted) => engineStep(args.plan, args.host.plan, trusted)),
      meaning: {
        ...engineMeaning(args.plan, args.host.plan),
        authorityHash: pulumi.output(args.trustedAuthorities).apply(shortHash),
      },
      timeoutSeconds: engineStepSeconds(args.plan),
      dependsOn: [system, ...(args.after === undefined ? [] : [args.after.engine])],
    });

    this.steps = new Map([
      ["base and firewall", system],
      ["engine", this.engine],
    ]);
    this.registerOutputs({});
  }

  private step(name: string, { dependsOn, ...step }: Step): HostStep {
    const { access, instanceId } = this.host;
    return new HostStep(
      this.child(name),
      { host: access, incarnation: instanceId, ...step },
      { parent: this, dependsOn },
    );
  }

  /** The engine step; of a server that may go away while the others serve, until it is back. */
  private lastStep({ plan, members }: HostSetupArgs, { dependsOn, ...step }: Step): SetupStep {
    const { access, instanceId, machine, plan: host } = this.host;
    if (machine === undefined || host.role === "repository")
      return this.step("engine", { dependsOn, ...step });
    // Without incarnations: other servers are replaced only when this step is done.
    const swarm = swarmOf({ plan, hosts: members }, () => "");
    return new ReturningStep(
      this.child("engine"),
      { host: access, incarnation: instanceId, ...step, machine, swarm },
      { parent: this, dependsOn },
    );
  }
}

/**
 * The disks that the fleet made for volumes on a host, by the volumes' names; undefined if there
 * are none.
 */
function madeDisks(
  host: Host,
  { traits, volumes }: Plan,
): Readonly<Record<string, pulumi.Output<string>>> | undefined {
  if (traits.makesDisks !== true) return undefined;
  const disks = volumes.flatMap(({ name }) => {
    const disk = host.disk(name);
    return disk === undefined ? [] : [[name, disk] as const];
  });
  return disks.length === 0 ? undefined : Object.fromEntries(disks);
}

/** What the gate of a host is to serve; undefined on a host without one. */
function gateOn(host: HostPlan, { gate }: Plan): GatePlan | undefined {
  return host.role === "cluster" ? gate : undefined;
}
