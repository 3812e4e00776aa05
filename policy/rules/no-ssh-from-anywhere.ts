import { types } from "../resource-types";
import { known, type Rule, type Target } from "../rule";
import { isFor, openingsToWorld } from "./world";

/** SSH is for the operators' networks. */
export const noSshFromAnywhere: Rule = {
  id: "no-ssh-from-anywhere",
  severity: "critical",
  enforcement: "mandatory",
  why: "Everything on a server can be done over SSH, so only the operators' networks may try.",
  remedy: "Name the networks that operators come from: hive:aws.sshSources.",
  faults: (targets) => {
    const port = sshPort(targets);
    return openingsToWorld(targets)
      .filter((opening) => isFor(opening, "tcp") && opening.first <= port && port <= opening.last)
      .map(({ urn, source }) => ({
        text: `It lets everybody (${source}) reach SSH, port ${port}.`,
        urn,
      }));
  },
};

/** The port of hive:ssh, as the fleet says it; 22 in a stack without one. */
function sshPort(targets: readonly Target[]): number {
  const ports = targets
    .filter(({ type }) => type === types.fleet)
    .map(({ props }) => known(() => props["sshPort"]));
  return ports.find((port) => typeof port === "number") ?? 22;
}
