import { types } from "../resource-types";
import { resourceRule } from "../rule";
import { isFor, isOpenToWorld, portRange } from "./world";

/** SSH is for the operators' networks. */
export const noSshFromAnywhere = resourceRule({
  id: "no-ssh-from-anywhere",
  severity: "critical",
  enforcement: "mandatory",
  why: "Everything on a server can be done over SSH, so only the operators' networks may try.",
  remedy: "Name the networks that operators come from: hive:aws.sshSources.",
  types: [types.ingressRule],
  judge: (target) => {
    const [first, last] = portRange(target);
    const isSsh = isFor(target, "tcp") && first <= 22 && 22 <= last;
    return isSsh && isOpenToWorld(target) ? ["It lets everybody reach SSH."] : [];
  },
});
