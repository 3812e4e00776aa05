import type * as pulumi from "@pulumi/pulumi";
import { checkFailure } from "../framework/check-failure";
import { changedInputs } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { isKnown } from "../framework/unknown-value";
import {
  certificateFingerprint,
  endOfValidity,
  isRenewalDue,
  signCertificate,
  type SignedCertificate,
} from "./client";
import { keyVersionOf } from "./key-version";
import { checkCommonName, checkDays, checkServerNames } from "./names";

/** Inputs as they come over the wire. */
export interface CertificateInputs {
  readonly authorityCertificatePem: string;
  readonly authorityPrivateKeyPem: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly version: number;
  readonly validityDays: number;
  readonly renewBeforeDays: number;
  readonly revision: number;
}

/** What the state holds. That of an earlier release has no version. */
export interface CertificateState extends CertificateInputs {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly fingerprint: string;
  readonly notAfter: string;
}

/** Inputs that a certificate is made of. */
const CONTENT = [
  "authorityCertificatePem",
  "authorityPrivateKeyPem",
  "commonName",
  "dnsNames",
  "ipAddresses",
  "validityDays",
] as const;
const INPUTS = [...CONTENT, "version", "renewBeforeDays", "revision"] as const;

/**
 * Makes and renews server certificates signed by the site's authority. They live in the state only.
 */
export const certificateProvider: pulumi.dynamic.ResourceProvider<
  CertificateInputs,
  CertificateState
> = {
  async check(_olds, news) {
    const failures = [
      ...checkCommonName(news.commonName),
      ...checkServerNames(news.dnsNames, news.ipAddresses),
      ...checkDays("validityDays", news.validityDays),
      ...checkDays("renewBeforeDays", news.renewBeforeDays),
    ];
    const { validityDays, renewBeforeDays } = news;
    if (isKnown([validityDays, renewBeforeDays]) && renewBeforeDays >= validityDays) {
      failures.push(checkFailure("renewBeforeDays", "must be less than validityDays"));
    }
    return { inputs: news, failures };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news)) return { changes: true };
    return {
      changes: needsNewCertificate(olds, news) || changedInputs(INPUTS, olds, news).length > 0,
    };
  },

  async create(inputs) {
    const signed = await sign(inputs);
    const fingerprint = certificateFingerprint(signed.certificatePem);
    return { id: fingerprint, outs: { ...inputs, ...signed, fingerprint } };
  },

  async read(id, props) {
    return props === undefined ? {} : readResult(id, props, INPUTS);
  },

  async update(_id, olds, news) {
    if (!needsNewCertificate(olds, news)) return { outs: { ...olds, ...news } };
    const isOtherKey = keyVersionOf(olds) !== news.version;
    const signed = await sign(news, isOtherKey ? undefined : olds.privateKeyPem);
    return {
      outs: { ...news, ...signed, fingerprint: certificateFingerprint(signed.certificatePem) },
    };
  },

  async delete() {
    // Nothing exists outside the state.
  },
};

/** Whether the certificate in the state differs from the inputs, or ends soon. */
function needsNewCertificate(olds: CertificateState, news: CertificateInputs): boolean {
  return (
    keyVersionOf(olds) !== news.version ||
    changedInputs(CONTENT, olds, news).length > 0 ||
    isRenewalDue(olds.notAfter, news.renewBeforeDays, endOfValidity(news.authorityCertificatePem))
  );
}

function sign(inputs: CertificateInputs, privateKeyPem?: string): Promise<SignedCertificate> {
  const authority = {
    certificatePem: inputs.authorityCertificatePem,
    privateKeyPem: inputs.authorityPrivateKeyPem,
  };
  return signCertificate(authority, inputs, inputs.validityDays, privateKeyPem);
}
