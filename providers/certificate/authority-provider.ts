import type * as pulumi from "@pulumi/pulumi";
import { checkFailure } from "../framework/check-failure";
import { changedInputs } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { isKnown } from "../framework/unknown-value";
import { certificateFingerprint, createAuthority, isRenewalDue } from "./client";
import { keyVersionOf } from "./key-version";
import { checkPermittedNames, type PermittedNames } from "./name-constraints";
import { checkCommonName, checkDays } from "./names";

/** Inputs as they come over the wire. */
export interface CertificateAuthorityInputs extends PermittedNames {
  readonly commonName: string;
  readonly version: number;
  readonly validityDays: number;
  readonly renewBeforeDays: number;
  readonly revision: number;
}

/**
 * What the state holds. That of an earlier release has no permitted names, no version and no former
 * certificate.
 */
export interface CertificateAuthorityState extends CertificateAuthorityInputs {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly fingerprint: string;
  readonly notAfter: string;
  /** The last certificate of the key before this one; empty if there was none. */
  readonly formerCertificatePem: string;
}

/** Inputs that a certificate is made of, besides the name; its key depends on the version. */
const CONTENT = ["validityDays", "permittedDomains", "permittedNetworks"] as const;
const INPUTS = ["commonName", ...CONTENT, "version", "renewBeforeDays", "revision"] as const;

/** Makes and renews the site's own authority. It lives in the state only. */
export const certificateAuthorityProvider: pulumi.dynamic.ResourceProvider<
  CertificateAuthorityInputs,
  CertificateAuthorityState
> = {
  async check(olds, news) {
    const failures = [
      ...checkCommonName(news.commonName),
      ...checkPermittedNames(news),
      ...checkDays("validityDays", news.validityDays),
      ...checkDays("renewBeforeDays", news.renewBeforeDays),
    ];
    const present = keyVersionOf(olds);
    if (isKnown(news.version) && news.version < present) {
      failures.push(
        checkFailure(
          "version",
          `${news.version} is less than ${present}, the present one, and its key no longer exists; ` +
            `write hive:keyVersion: ${present} to keep the present keys, or ${present + 1} for new ones`,
        ),
      );
    }
    if (isKnown(news) && failures.length === 0 && news.renewBeforeDays >= news.validityDays) {
      failures.push(checkFailure("renewBeforeDays", "must be less than validityDays"));
    }
    return { inputs: news, failures };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news)) return { changes: true };
    // Another name is another authority: everything that trusts the old one must learn the new one.
    const replaces = olds.commonName === news.commonName ? [] : ["commonName"];
    return {
      replaces,
      changes:
        replaces.length > 0 ||
        isRenewalDue(olds.notAfter, news.renewBeforeDays) ||
        changedInputs(INPUTS, olds, news).length > 0,
    };
  },

  async create(inputs) {
    const authority = await createAuthority(inputs.commonName, inputs.validityDays, inputs);
    const fingerprint = certificateFingerprint(authority.certificatePem);
    return {
      id: fingerprint,
      outs: { ...inputs, ...authority, fingerprint, formerCertificatePem: "" },
    };
  },

  async read(id, props) {
    return props === undefined ? {} : readResult(id, props, INPUTS);
  },

  async update(_id, olds, news) {
    const former = (olds.formerCertificatePem as string | undefined) ?? "";
    const isOtherKey = keyVersionOf(olds) !== news.version;
    const due =
      isOtherKey ||
      changedInputs(CONTENT, olds, news).length > 0 ||
      isRenewalDue(olds.notAfter, news.renewBeforeDays);
    if (!due) return { outs: { ...olds, ...news, formerCertificatePem: former } };
    // With the same key, certificates that it signed stay valid, and hosts that trust the old
    // certificate accept them. With another one, they stay valid for hosts that trust both.
    const authority = await createAuthority(
      news.commonName,
      news.validityDays,
      news,
      isOtherKey ? undefined : olds.privateKeyPem,
    );
    const fingerprint = certificateFingerprint(authority.certificatePem);
    return {
      outs: {
        ...news,
        ...authority,
        fingerprint,
        formerCertificatePem: isOtherKey ? olds.certificatePem : former,
      },
    };
  },

  async delete() {
    // Nothing exists outside the state.
  },
};
