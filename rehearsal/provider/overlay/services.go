// The services that hive's program uses. The build puts this file in the place of the provider's
// generated list of some 250 services.
package sdkv2

import (
	"context"

	"github.com/hashicorp/terraform-provider-aws/internal/conns"
	"github.com/hashicorp/terraform-provider-aws/internal/service/ec2"
	"github.com/hashicorp/terraform-provider-aws/internal/service/iam"
	"github.com/hashicorp/terraform-provider-aws/internal/service/kms"
	"github.com/hashicorp/terraform-provider-aws/internal/service/meta"
	"github.com/hashicorp/terraform-provider-aws/internal/service/organizations"
	"github.com/hashicorp/terraform-provider-aws/internal/service/route53"
	"github.com/hashicorp/terraform-provider-aws/internal/service/s3"
	"github.com/hashicorp/terraform-provider-aws/internal/service/s3control"
	"github.com/hashicorp/terraform-provider-aws/internal/service/servicequotas"
	"github.com/hashicorp/terraform-provider-aws/internal/service/ssm"
	"github.com/hashicorp/terraform-provider-aws/internal/service/sts"
)

func servicePackages(ctx context.Context) []conns.ServicePackage {
	return []conns.ServicePackage{
		ec2.ServicePackage(ctx), // with VPC, EBS and Elastic IPs
		iam.ServicePackage(ctx),
		kms.ServicePackage(ctx),
		meta.ServicePackage(ctx), // regions, partitions
		route53.ServicePackage(ctx),
		s3.ServicePackage(ctx),
		servicequotas.ServicePackage(ctx),
		ssm.ServicePackage(ctx),
		sts.ServicePackage(ctx),

		// Not for the program: the code of ec2 asks the first, that of s3 the second.
		organizations.ServicePackage(ctx),
		s3control.ServicePackage(ctx),
	}
}
