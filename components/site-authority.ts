import * as pulumi from "@pulumi/pulumi";
import { commonName } from "../model/values/common-name";
import type { Plan } from "../model/plan";
import { CertificateAuthority } from "../providers/certificate/authority-resource";
import { Certificate } from "../providers/certificate/resource";
import { HiveComponent } from "../providers/framework/hive-component";

/**
 * The site's own certificate authority, trusted by every host of the stage for its registry, and by
 * nobody else. It may sign names of the site and addresses of its network only.
 */
export class SiteAuthority extends HiveComponent {
  /** What hosts trust, PEM: its certificate, then that of the key before it, if there is one. */
  readonly trusted: pulumi.Output<string>;
  private readonly authority: CertificateAuthority;
  private readonly version: number;

  constructor(name: string, args: { readonly plan: Plan }, opts: pulumi.ComponentResourceOptions) {
    super("SiteAuthority", name, opts);
    const { siteName, stage, network, keyVersion } = args.plan;
    this.version = keyVersion;
    this.authority = new CertificateAuthority(
      this.child("root"),
      {
        commonName: commonName(`${siteName} ${stage} authority`),
        permittedDomains: [siteName],
        permittedNetworks: [network.cidr],
        version: keyVersion,
      },
      { parent: this },
    );
    const { certificatePem, formerCertificatePem } = this.authority;
    // A run with targets may leave the authority as an earlier release stored it: without a former.
    this.trusted = pulumi
      .all([certificatePem, formerCertificatePem as pulumi.Output<string | undefined>])
      .apply(([present, former = ""]) => present + former);
    this.registerOutputs({});
  }

  /**
   * A server certificate signed by this authority. @param parent - whose child it is; its name
   * begins with the parent's.
   */
  issue(
    name: string,
    subject: { readonly dnsNames: string[]; readonly ipAddresses: string[] },
    parent: pulumi.Resource,
  ): Certificate {
    return new Certificate(
      name,
      {
        authorityCertificatePem: this.authority.certificatePem,
        authorityPrivateKeyPem: this.authority.privateKeyPem,
        commonName: commonName(subject.dnsNames[0] ?? subject.ipAddresses[0] ?? name),
        ...subject,
        version: this.version,
      },
      { parent },
    );
  }
}
