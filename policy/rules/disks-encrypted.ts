import { types } from "../resource-types";
import { resourceRule, valueAt } from "../rule";

/** No disk of the cloud is readable without its key. */
export const disksEncrypted = resourceRule({
  id: "disks-encrypted",
  severity: "high",
  enforcement: "mandatory",
  why: "Disks, their snapshots and what becomes of them are out of the site's hands.",
  remedy: "Set encrypted: true; a disk that exists must be copied to a new one.",
  types: [types.instance, types.disk],
  judge: ({ type, props }) => {
    if (type === types.disk) return props["encrypted"] === true ? [] : ["It is not encrypted."];
    return valueAt(props, "rootBlockDevice", "encrypted") === true
      ? []
      : ["Its root disk is not encrypted."];
  },
});
