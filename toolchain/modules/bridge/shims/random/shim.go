// Package shim opens the door to the random provider's constructor, which lies in an internal
// package: a module whose path is inside the provider's own may import it.
package shim

import (
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// NewProvider returns the Terraform provider for random values.
func NewProvider() framework.Provider {
	return provider.New()
}
