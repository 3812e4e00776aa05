import type * as pulumi from "@pulumi/pulumi";
import { cidrFault, parseCidr } from "../../model/network/addresses";
import { checkFailure } from "../framework/check-failure";
import { isKnown } from "../framework/unknown-value";

/** The only names for which clients accept what an authority signs. */
export interface PermittedNames {
  /** Domain names; each permits itself and every name below it. At least one. */
  readonly permittedDomains: readonly string[];
  /** IPv4 networks such as `172.29.16.0/24`. At least one. */
  readonly permittedNetworks: readonly string[];
}

/** The extension's object identifier (RFC 5280, section 4.2.1.10). */
export const nameConstraintsId = "2.5.29.30";

/**
 * What is wrong with the names that an authority may sign; empty when nothing. An empty list would
 * permit every name of its kind.
 */
export function checkPermittedNames(names: PermittedNames): pulumi.dynamic.CheckFailure[] {
  const { permittedDomains, permittedNetworks } = names;
  if (!isKnown(permittedDomains) || !isKnown(permittedNetworks)) return [];
  const failures: pulumi.dynamic.CheckFailure[] = [];
  const none = "is empty, which would permit every name: give at least one";
  if (permittedDomains.length === 0) failures.push(checkFailure("permittedDomains", none));
  if (permittedNetworks.length === 0) failures.push(checkFailure("permittedNetworks", none));
  for (const domain of permittedDomains) {
    // A leading dot or an empty text would have another meaning.
    if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(domain)) {
      failures.push(checkFailure("permittedDomains", `"${domain}" is not a domain name`));
    }
  }
  for (const network of permittedNetworks) {
    const fault = cidrFault(network);
    if (fault !== undefined) {
      failures.push(
        checkFailure("permittedNetworks", `"${network}" ${fault.message}; ${fault.remedy}`),
      );
    }
  }
  return failures;
}

/** The extension's value, DER: everything that is not permitted is refused. */
export function nameConstraints(names: PermittedNames): Buffer {
  const bases = [
    ...names.permittedDomains.map((domain) => element(tags.dnsName, Buffer.from(domain, "ascii"))),
    ...names.permittedNetworks.map((network) => element(tags.ipAddress, networkBytes(network))),
  ];
  const subtrees = Buffer.concat(bases.map((base) => element(tags.sequence, base)));
  return element(tags.sequence, element(tags.permittedSubtrees, subtrees));
}

/** Tags of `NameConstraints` and `GeneralName` (RFC 5280, appendix A.2), with their class bits. */
const tags = { sequence: 0x30, permittedSubtrees: 0xa0, dnsName: 0x82, ipAddress: 0x87 };

/** One DER element. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** A network's first address and its mask, four bytes each. */
function networkBytes(text: string): Buffer {
  const { network, prefix } = parseCidr(text);
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(network, 0);
  bytes.writeUInt32BE(2 ** 32 - 2 ** (32 - prefix), 4);
  return bytes;
}
