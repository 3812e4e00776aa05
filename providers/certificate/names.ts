import { isIP } from "node:net";
import type * as pulumi from "@pulumi/pulumi";
import { checkFailure } from "../framework/check-failure";
import { isKnown } from "../framework/unknown-value";

/** RFC 5280, appendix A: `ub-common-name`. */
const COMMON_NAME_LIMIT = 64;
const LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";

/** What is wrong with a common name; empty when nothing. */
export function checkCommonName(commonName: string): pulumi.dynamic.CheckFailure[] {
  if (!isKnown(commonName)) return [];
  const good = /^[\x20-\x7e]+$/.test(commonName) && commonName.length <= COMMON_NAME_LIMIT;
  return good
    ? []
    : [
        checkFailure(
          "commonName",
          `"${commonName}" must have 1 to ${COMMON_NAME_LIMIT} printable ASCII characters`,
        ),
      ];
}

/** What is wrong with a number of days; empty when nothing. */
export function checkDays(property: string, days: number): pulumi.dynamic.CheckFailure[] {
  if (!isKnown(days) || (Number.isInteger(days) && days > 0)) return [];
  return [checkFailure(property, `${days} must be a whole number of days above 0`)];
}

/** What is wrong with the names of a server certificate; empty when nothing. */
export function checkServerNames(
  dnsNames: readonly string[],
  ipAddresses: readonly string[],
): pulumi.dynamic.CheckFailure[] {
  if (!isKnown(dnsNames) || !isKnown(ipAddresses)) return [];
  const failures: pulumi.dynamic.CheckFailure[] = [];
  if (dnsNames.length + ipAddresses.length === 0) {
    failures.push(
      checkFailure(
        "dnsNames",
        "give at least one DNS name or IP address: clients ignore the common name",
      ),
    );
  }
  const pattern = new RegExp(`^(\\*\\.)?${LABEL}(\\.${LABEL})*$`, "i");
  for (const name of dnsNames) {
    if (name.length > 253 || !pattern.test(name)) {
      failures.push(checkFailure("dnsNames", `"${name}" is not a DNS name`));
    }
  }
  for (const address of ipAddresses) {
    if (isIP(address) === 0) {
      failures.push(checkFailure("ipAddresses", `"${address}" is not an IP address`));
    }
  }
  return failures;
}
