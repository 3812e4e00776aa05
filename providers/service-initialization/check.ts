import type * as pulumi from "@pulumi/pulumi";

import { isKnown } from "../unknown-value";
import type { ServiceInitializationInputs } from "./state";

/** What is wrong with the inputs, as far as they are known. Never shows a secret. */
export function checkInitialization(
  inputs: ServiceInitializationInputs,
): pulumi.dynamic.CheckFailure[] {
  const { managers, steps, secrets } = inputs;
  const failures: pulumi.dynamic.CheckFailure[] = [];
  const fail = (property: string, reason: string): void => {
    failures.push({ property, reason });
  };
  if (isKnown(managers) && managers.length === 0) {
    fail("managers", "is empty; give the hosts of the Swarm");
  }
  if (!isKnown(steps)) return failures;
  const names = steps.map(({ name }) => name);
  steps.forEach((step, index) => {
    const path = `steps[${index}]`;
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(step.name)) {
      fail(
        path,
        `has the name '${step.name}'; give a DNS label: a-z, 0-9 and -, up to 63 characters`,
      );
    }
    if (names.indexOf(step.name) !== index) {
      fail(path, `has the name '${step.name}', as another step has; names are unique in a service`);
    }
    if ((step.command[0] ?? "") === "") {
      fail(path, `('${step.name}') has no command; give a program and its arguments`);
    }
    if (!(step.deadlineSeconds > 0)) {
      fail(
        path,
        `('${step.name}') has the deadline ${step.deadlineSeconds}; give seconds, more than 0`,
      );
    }
    const lines = isKnown(secrets) ? (secrets[step.name] ?? []) : [];
    lines.forEach((secret, place) => {
      if (isKnown(secret) && /[\r\n]/.test(secret)) {
        fail(
          "secrets",
          `number ${place + 1} of step '${step.name}' has a line break; a step reads one value a line`,
        );
      }
    });
  });
  return failures;
}
