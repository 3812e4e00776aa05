import type { Rule } from "../rule";
import { disksEncrypted } from "./disks-encrypted";
import { imagesByDigest } from "./images-by-digest";
import { imdsv2Required } from "./imdsv2-required";
import { namedByRule } from "./named-by-rule";
import { noPlainSecrets } from "./no-plain-secrets";
import { noSshFromAnywhere } from "./no-ssh-from-anywhere";
import { oneHostAtATime } from "./one-host-at-a-time";
import { productionProtected } from "./production-protected";
import { resourcesPerHost } from "./resources-per-host";
import { taggedByRule } from "./tagged-by-rule";
import { worldOpenPorts } from "./world-open-ports";

/** Every rule of the pack. Rules of your own go into the list: docs/policy.md. */
export const rules: readonly Rule[] = [
  noSshFromAnywhere,
  worldOpenPorts,
  imdsv2Required,
  disksEncrypted,
  productionProtected,
  imagesByDigest,
  noPlainSecrets,
  namedByRule,
  taggedByRule,
  oneHostAtATime,
  resourcesPerHost,
];
