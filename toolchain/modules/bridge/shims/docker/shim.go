// Package shim opens the door to the Docker provider's constructor, which lies in an internal
// package: a module whose path is inside the provider's own may import it.
package shim

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// NewProvider returns the Terraform provider for Docker as it reports itself under version.
func NewProvider(version string) *schema.Provider {
	return provider.New(version)()
}
