import type * as pulumi from "@pulumi/pulumi";
import { checkFailure } from "../framework/check-failure";
import { changedInputs } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { isKnown } from "../framework/unknown-value";
import { certificateFingerprint, createAuthority, isRenewalDue } from "./client";
import { checkCommonName, checkDays } from "./names";

/** Inputs as they come over the wire. */
export interface CertificateAuthorityInputs {
  readonly commonName: string;
  readonly validityDays: number;
  readonly renewBeforeDays: number;
  readonly revision: number;
}

/** What the state holds. */
export interface CertificateAuthorityState extends CertificateAuthorityInputs {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly fingerprint: string;
  readonly notAfter: string;
}

const INPUTS = ["commonName", "validityDays", "renewBeforeDays", "revision"] as const;

/** Makes and renews the site's own authority. It lives in the state only. */
export const certificateAuthorityProvider: pulumi.dynamic.ResourceProvider<
  CertificateAuthorityInputs,
  CertificateAuthorityState
> = {
  async check(_olds, news) {
    const failures = [
      ...checkCommonName(news.commonName),
      ...checkDays("validityDays", news.validityDays),
      ...checkDays("renewBeforeDays", news.renewBeforeDays),
    ];
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
    const authority = await createAuthority(inputs.commonName, inputs.validityDays);
    const fingerprint = certificateFingerprint(authority.certificatePem);
    return { id: fingerprint, outs: { ...inputs, ...authority, fingerprint } };
  },

  async read(id, props) {
    return props === undefined ? {} : readResult(id, props, INPUTS);
  },

  async update(_id, olds, news) {
    const due =
      olds.validityDays !== news.validityDays || isRenewalDue(olds.notAfter, news.renewBeforeDays);
    if (!due) return { outs: { ...olds, ...news } };
    // The same key: certificates that it signed stay valid, and hosts that trust the old
    // certificate accept them.
    const authority = await createAuthority(news.commonName, news.validityDays, olds.privateKeyPem);
    const fingerprint = certificateFingerprint(authority.certificatePem);
    return { outs: { ...news, ...authority, fingerprint } };
  },

  async delete() {
    // Nothing exists outside the state.
  },
};
