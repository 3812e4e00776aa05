// The API clients of the services in services.go, and those that their code asks for. The build
// puts this file in the place of the provider's generated list of all clients, so that the others
// are not compiled.
package conns

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/hashicorp/terraform-provider-aws/internal/errs"
	"github.com/hashicorp/terraform-provider-aws/names"
)

// made returns the client of a service; the provider's own list panics in the same way when one
// cannot be configured.
func made[Client any](ctx context.Context, c *AWSClient, service string) Client {
	return errs.Must(client[Client](ctx, c, service, map[string]any{}))
}

func (c *AWSClient) AccountClient(ctx context.Context) *account.Client {
	return made[*account.Client](ctx, c, names.Account)
}

func (c *AWSClient) EC2Client(ctx context.Context) *ec2.Client {
	return made[*ec2.Client](ctx, c, names.EC2)
}

func (c *AWSClient) IAMClient(ctx context.Context) *iam.Client {
	return made[*iam.Client](ctx, c, names.IAM)
}

func (c *AWSClient) KMSClient(ctx context.Context) *kms.Client {
	return made[*kms.Client](ctx, c, names.KMS)
}

func (c *AWSClient) OrganizationsClient(ctx context.Context) *organizations.Client {
	return made[*organizations.Client](ctx, c, names.Organizations)
}

func (c *AWSClient) Route53Client(ctx context.Context) *route53.Client {
	return made[*route53.Client](ctx, c, names.Route53)
}

func (c *AWSClient) S3Client(ctx context.Context) *s3.Client {
	return made[*s3.Client](ctx, c, names.S3)
}

func (c *AWSClient) S3ControlClient(ctx context.Context) *s3control.Client {
	return made[*s3control.Client](ctx, c, names.S3Control)
}

func (c *AWSClient) ServiceQuotasClient(ctx context.Context) *servicequotas.Client {
	return made[*servicequotas.Client](ctx, c, names.ServiceQuotas)
}

func (c *AWSClient) SSMClient(ctx context.Context) *ssm.Client {
	return made[*ssm.Client](ctx, c, names.SSM)
}

func (c *AWSClient) STSClient(ctx context.Context) *sts.Client {
	return made[*sts.Client](ctx, c, names.STS)
}
