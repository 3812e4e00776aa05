import type * as pulumi from "@pulumi/pulumi";
import { commonName } from "../model/values/common-name";
import type { Plan } from "../model/plan";
import { CertificateAuthority } from "../providers/certificate/authority-resource";
import { Certificate } from "../providers/certificate/resource";
import { HiveComponent } from "../providers/framework/hive-component";

/** The site's own certificate authority, trusted by every host of the stage and by nobody else. */
export class SiteAuthority extends HiveComponent {
  /** PEM. */
  readonly certificate: pulumi.Output<string>;
  private readonly authority: CertificateAuthority;

  constructor(name: string, args: { readonly plan: Plan }, opts: pulumi.ComponentResourceOptions) {
    super("SiteAuthority", name, opts);
    this.authority = new CertificateAuthority(
      this.child("root"),
      { commonName: commonName(`${args.plan.siteName} ${args.plan.stage} authority`) },
      { parent: this },
    );
    this.certificate = this.authority.certificatePem;
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
      },
      { parent },
    );
  }
}
