import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import { certificateAuthorityProvider } from "./authority-provider";

export interface CertificateAuthorityArgs {
  /** Subject, e.g. `hive.example authority`; another name makes another authority. */
  readonly commonName: pulumi.Input<string>;
  /**
   * Domain names that it may sign, each with every name below it. At least one. Other ones make a
   * new certificate with the same key.
   */
  readonly permittedDomains: pulumi.Input<pulumi.Input<string>[]>;
  /** IPv4 networks (CIDR) whose addresses it may sign. At least one. */
  readonly permittedNetworks: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * A larger one makes a new key; {@link CertificateAuthority.formerCertificatePem} is then the
   * last certificate of the key before it. A smaller one is refused. Default 1.
   */
  readonly version?: pulumi.Input<number>;
  /** Default 3650. */
  readonly validityDays?: pulumi.Input<number>;
  /** Days before its end at which a run renews the certificate with the same key. Default 730. */
  readonly renewBeforeDays?: pulumi.Input<number>;
}

/**
 * The site's own certificate authority: ECDSA P-256, signs servers of the permitted names only. Its
 * key lies in the state, encrypted.
 */
export class CertificateAuthority extends HiveResource {
  /** What clients must trust, PEM. */
  declare readonly certificatePem: pulumi.Output<string>;
  /**
   * What clients must trust as well, until the next version: servers have certificates of that key
   * until they get new ones. Empty: there is none.
   */
  declare readonly formerCertificatePem: pulumi.Output<string>;
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
        revision: 2,
        provider: certificateAuthorityProvider,
        outputs: [
          "certificatePem",
          "privateKeyPem",
          "fingerprint",
          "notAfter",
          "formerCertificatePem",
        ],
        secrets: ["privateKeyPem"],
      },
      name,
      {
        version: 1,
        validityDays: 3650,
        renewBeforeDays: 730,
        ...args,
      },
      opts,
    );
  }
}
