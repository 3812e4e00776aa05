import type * as pulumi from "@pulumi/pulumi";

import { checkFailure } from "../framework/check-failure";
import { isKnown } from "../framework/unknown-value";
import type { GivenServiceInputs } from "./service-state";

/**
 * Problems with the known inputs of a service that a Docker Engine would refuse, with helpful
 * messages.
 */
export function checkService(input: GivenServiceInputs): pulumi.dynamic.CheckFailure[] {
  const failures: pulumi.dynamic.CheckFailure[] = [];
  const fail = (property: string, reason: string): void => {
    failures.push(checkFailure(property, reason));
  };
  // The Docker Engine's own rule (swarmkit, validateAnnotations).
  if (isKnown(input.name) && !/^[a-zA-Z0-9](?:[-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/.test(input.name)) {
    fail(
      "name",
      `'${input.name}' is not a valid service name: letters, digits, - and _, up to 63 characters`,
    );
  }
  if (isKnown(input.image) && input.image === "") {
    fail("image", "is empty");
  }
  if (isKnown(input.managers) && input.managers.length === 0) {
    fail("managers", "is empty; give at least one host that is a manager of the Swarm");
  }
  checkMode(input, fail);
  checkPorts(input, fail);
  checkMounts(input, fail);
  if (isKnown(input.rollback) && input.rollback.onFailure === "rollback") {
    fail("rollback", "cannot be rolled back itself: give pause or continue for onFailure");
  }
  return failures;
}

type Fail = (property: string, reason: string) => void;

function checkMode({ mode }: GivenServiceInputs, fail: Fail): void {
  if (!isKnown(mode)) return;
  if (mode.kind === "replicated" && !isCount(mode.replicas)) {
    fail("mode", `has ${mode.replicas} replicas; give a whole number, 0 or more`);
  }
  if (mode.kind === "job" && !isCount(mode.retries)) {
    fail("mode", `has ${mode.retries} retries; give a whole number, 0 or more`);
  }
}

function checkPorts({ update, ports, endpointMode }: GivenServiceInputs, fail: Fail): void {
  if (!isKnown([update, ports, endpointMode])) return;
  const onHost = ports.find(({ mode }) => mode === "host");
  if (onHost !== undefined && update.order === "start-first") {
    fail(
      "update",
      `has the order start-first, but port ${onHost.published} of the host is published: ` +
        "two tasks cannot hold it at the same time. Give stop-first.",
    );
  }
  const ingress = ports.find(({ mode }) => mode === "ingress");
  if (ingress !== undefined && endpointMode === "dnsrr") {
    fail(
      "ports",
      `publish ${ingress.published} through the routing mesh, which needs a virtual address: ` +
        "give the endpoint mode vip, or the port the mode host.",
    );
  }
}

function checkMounts({ mounts, secrets, configs }: GivenServiceInputs, fail: Fail): void {
  const modes = { mounts, secrets, configs };
  for (const [property, files] of Object.entries(modes)) {
    if (!isKnown(files)) continue;
    for (const file of files) {
      if ("mode" in file && !/^[0-7]{3,4}$/.test(file.mode)) {
        fail(property, `at ${file.target} has the mode '${file.mode}'; give octal digits: 0444`);
      }
    }
    const targets = files.map(({ target }) => target);
    const twice = targets.find((target, index) => targets.indexOf(target) !== index);
    if (twice !== undefined) {
      fail(property, `use ${twice} twice; each path can be used once`);
    }
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
