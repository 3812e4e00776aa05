import type * as pulumi from "@pulumi/pulumi";

import { checkFailure } from "../framework/check-failure";
import { isKnown } from "../framework/unknown-value";
import type { ServiceInitializationInputs } from "./state";

/**
 * Longest argument of a command, bytes. Linux takes 128 KiB with the zero at its end (execve(2),
 * MAX_ARG_STRLEN); the rest is left as a margin.
 */
const longestArgument = 120 * 1024;

/** Problems with the known inputs. Never shows a secret. */
export function checkInitialization(
  inputs: ServiceInitializationInputs,
): pulumi.dynamic.CheckFailure[] {
  const { managers, steps, secrets } = inputs;
  const failures: pulumi.dynamic.CheckFailure[] = [];
  const fail = (property: string, reason: string): void => {
    failures.push(checkFailure(property, reason));
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
      fail(
        path,
        `has the name '${step.name}', which another step has too; give each step of a service its own name`,
      );
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
    for (const argument of [...step.command, ...step.unless]) {
      const size = Buffer.byteLength(argument);
      if (size <= longestArgument) continue;
      fail(
        path,
        `('${step.name}') has a script or an argument of ${Math.ceil(size / 1024)} KiB, and Linux does not start a program with an argument ` +
          `above ${longestArgument / 1024} KiB (hive's limit); put data into 'input', which may be larger`,
      );
    }
    const lines = isKnown(secrets) ? (secrets[step.name] ?? []) : [];
    lines.forEach((secret, place) => {
      if (isKnown(secret) && /[\r\n]/.test(secret)) {
        fail(
          "secrets",
          `number ${place + 1} of step '${step.name}' has a line break; a step reads one value per line`,
        );
      }
    });
  });
  return failures;
}
