import * as pulumi from "@pulumi/pulumi";
import type { Phase } from "../../model/phases";

/**
 * `build-infra` → `hive:phase:BuildInfra`: the type token that makes a phase visible in every URN
 * below it.
 */
export function phaseType(phase: Phase): string {
  const pascalCase = phase.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) =>
    letter.toUpperCase(),
  );
  return `hive:phase:${pascalCase}`;
}

/**
 * One of the seven phases as a node of the resource tree. It has no logic: its resources name it as
 * their parent.
 */
export class PhaseComponent extends pulumi.ComponentResource {
  constructor(phase: Phase, opts: pulumi.ComponentResourceOptions) {
    super(phaseType(phase), phase, {}, opts);
    this.registerOutputs({});
  }
}
