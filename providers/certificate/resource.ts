import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import { certificateProvider } from "./provider";

export interface CertificateArgs {
  /** Certificate of the authority that signs, PEM. */
  readonly authorityCertificatePem: pulumi.Input<string>;
  /** The authority's key, PKCS #8 in PEM. Treated as secret. */
  readonly authorityPrivateKeyPem: pulumi.Input<string>;
  readonly commonName: pulumi.Input<string>;
  /** Names that clients connect to; the common name is not added to them. */
  readonly dnsNames?: pulumi.Input<pulumi.Input<string>[]>;
  readonly ipAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** Another one makes a new key. Default 1. */
  readonly version?: pulumi.Input<number>;
  /** Default 397, the most that browsers accept. */
  readonly validityDays?: pulumi.Input<number>;
  /** Days before its end at which a run makes a new certificate with the same key. Default 120. */
  readonly renewBeforeDays?: pulumi.Input<number>;
}

/**
 * A server certificate signed by the site's authority: ECDSA P-256. Its key lies in the state,
 * encrypted.
 */
export class Certificate extends HiveResource {
  /** The certificate alone, PEM: the authority signs it directly, so there is no chain to send. */
  declare readonly certificatePem: pulumi.Output<string>;
  /** PKCS #8, PEM. Secret. */
  declare readonly privateKeyPem: pulumi.Output<string>;
  /** SHA-256 of the certificate, `AB:CD:…`. */
  declare readonly fingerprint: pulumi.Output<string>;
  /** End of validity, ISO 8601 in UTC. */
  declare readonly notAfter: pulumi.Output<string>;

  constructor(name: string, args: CertificateArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "Certificate",
        revision: 2,
        provider: certificateProvider,
        outputs: ["certificatePem", "privateKeyPem", "fingerprint", "notAfter"],
        secrets: ["privateKeyPem", "authorityPrivateKeyPem"],
      },
      name,
      {
        dnsNames: [],
        ipAddresses: [],
        version: 1,
        validityDays: 397,
        renewBeforeDays: 120,
        ...args,
      },
      opts,
    );
  }
}
