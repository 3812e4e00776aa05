import { createHash } from "node:crypto";

/** RFC 5280, appendix A: `ub-common-name`. */
const limit = 64;

/**
 * The common name of a certificate. A name that is too long is cut and gets the beginning of its
 * hash, so that two of them still differ; clients check the names in the certificate's extension,
 * which have no such limit.
 *
 * @param wanted printable ASCII
 */
export function commonName(wanted: string): string {
  if (wanted.length <= limit) return wanted;
  const hash = createHash("sha256").update(wanted).digest("hex").slice(0, 8);
  return `${wanted.slice(0, limit - 9)}-${hash}`;
}
