// Package shim opens the door to the constructors of the AWS provider, which lie in internal
// packages: a module whose path is inside the provider's own may import them.
package shim

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-aws/internal"
	"github.com/hashicorp/terraform-provider-aws/internal/provider/framework"
	"github.com/hashicorp/terraform-provider-aws/internal/provider/sdkv2"
)

// NewProvider returns the two halves of the provider: the one on the older plugin SDK, and the one
// on the plugin framework, which takes its configuration from the first.
func NewProvider(ctx context.Context) (*schema.Provider, provider.Provider, error) {
	internal.RegisterSmarterrFS() // the texts of errors
	older, err := sdkv2.NewProvider(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("the half on the plugin SDK: %w", err)
	}
	newer, err := framework.NewProvider(ctx, older)
	if err != nil {
		return nil, nil, fmt.Errorf("the half on the plugin framework: %w", err)
	}
	return older, newer, nil
}
