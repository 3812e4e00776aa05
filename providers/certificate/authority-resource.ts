import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import { certificateAuthorityProvider } from "./authority-provider";

export interface CertificateAuthorityArgs {
  /** Subject, e.g. `hive.example authority`; another name makes another authority. */
  readonly commonName: pulumi.Input<string>;
  /** Default 3650. */
  readonly validityDays?: pulumi.Input<number>;
  /** Days before its end at which a run renews the certificate with the same key. Default 730. */
  readonly renewBeforeDays?: pulumi.Input<number>;
}

/**
 * The site's own certificate authority: ECDSA P-256, signs servers only. Its key lies in the state,
 * encrypted.
 */
export class CertificateAuthority extends HiveResource {
  /** What clients must trust, PEM. */
  declare readonly certificatePem: pulumi.Output<string>;
  /** PKCS #8, PEM. Secret. */
  declare readonly privateKeyPem: pulumi.Output<string>;
  /** SHA-256 of the certificate, `AB:CD:…`. */
  declare readonly fingerprint: pulumi.Output<string>;
  /** End of validity, ISO 8601 in UTC. */
  declare readonly notAfter: pulumi.Output<string>;

  constructor(
    name: string,
    args: CertificateAuthorityArgs,
    opts: pulumi.CustomResourceOptions = {},
  ) {
    super(
      {
        type: "CertificateAuthority",
        revision: 1,
        provider: certificateAuthorityProvider,
        outputs: ["certificatePem", "privateKeyPem", "fingerprint", "notAfter"],
        secrets: ["privateKeyPem"],
      },
      name,
      {
        validityDays: 3650,
        renewBeforeDays: 730,
        ...args,
      },
      opts,
    );
  }
}
