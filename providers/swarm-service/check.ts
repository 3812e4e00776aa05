import type * as pulumi from "@pulumi/pulumi";

import { isKnown } from "../unknown-value";
import type { SwarmServiceWish } from "./service-state";

/** What is wrong with the inputs of a service, as far as they are known. */
export function checkService(wish: SwarmServiceWish): pulumi.dynamic.CheckFailure[] {
  const failures: pulumi.dynamic.CheckFailure[] = [];
  const fail = (property: string, reason: string): void => {
    failures.push({ property, reason });
  };
  // The engine's own rule (swarmkit, validateAnnotations).
  if (isKnown(wish.name) && !/^[a-zA-Z0-9](?:[-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/.test(wish.name)) {
    fail(
      "name",
      `'${wish.name}' is no service name: letters, digits, - and _, up to 63 characters`,
    );
  }
  if (isKnown(wish.image) && wish.image === "") {
    fail("image", "is empty");
  }
  if (isKnown(wish.managers) && wish.managers.length === 0) {
    fail("managers", "is empty; give at least one host that is a manager of the Swarm");
  }
  const { mode, update, ports } = wish;
  if (
    isKnown(mode) &&
    mode?.kind === "replicated" &&
    !(Number.isInteger(mode.replicas) && mode.replicas >= 0)
  ) {
    fail("mode", `has ${mode.replicas} replicas; give a whole number, 0 or more`);
  }
  if (isKnown([update, ports]) && update?.order === "start-first") {
    const port = ports?.find(({ mode: publish }) => publish === "host");
    if (port !== undefined) {
      fail(
        "update",
        `has the order start-first, but port ${port.published} of the host is published: ` +
          "two tasks cannot hold it at the same time. Give stop-first.",
      );
    }
  }
  return failures;
}
