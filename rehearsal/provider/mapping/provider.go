// Package mapping gives a part of the Terraform provider for AWS the names and types of the npm
// package @pulumi/aws, so that programs written against it run on this build unchanged.
package mapping

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-provider-aws/shim"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
)

// fields are the differences between the names and types that the bridge derives from Terraform's,
// and those of the npm package; by Terraform's name of the attribute.
type fields = map[string]*tfbridge.SchemaInfo

// Provider returns the mapping; version is the version of the npm package that it stands behind.
func Provider(ctx context.Context, version string) (tfbridge.ProviderInfo, error) {
	older, newer, err := shim.NewProvider(ctx)
	if err != nil {
		return tfbridge.ProviderInfo{}, err
	}
	info := tfbridge.ProviderInfo{
		P:              pf.MuxShimWithDisjointgPF(ctx, sdkv2.NewProvider(older), newer),
		Name:           "aws",
		ResourcePrefix: "aws",
		Version:        version,
		GitHubOrg:      "hashicorp",
		DisplayName:    "AWS (a part, bridged by hive)",
		Description:    "hive's own bridge of a part of the official Terraform provider for AWS",
		License:        "MPL-2.0",
		MetadataInfo:   tfbridge.NewProviderMetadata(nil),
		Config: fields{
			"region": {Default: &tfbridge.DefaultInfo{
				EnvVars: []string{"AWS_REGION", "AWS_DEFAULT_REGION"},
			}},
			"skip_metadata_api_check": {Type: "boolean"}, // a text for Terraform
		},
		Resources:   resources(),
		DataSources: functions(),
	}
	for name, resource := range info.Resources {
		known, found := info.P.ResourcesMap().GetOk(name)
		if !found {
			return info, errors.New("the provider has no resource " + name)
		}
		// In the npm package, tagsAll is an output only.
		if _, tagged := known.Schema().GetOk("tags_all"); tagged {
			resource.Fields["tags_all"] = &tfbridge.SchemaInfo{MarkAsComputedOnly: tfbridge.True()}
		}
	}
	return info, tellHalves(&info)
}

// tellHalves writes down which half of the provider serves which resource. For a released plugin,
// a generator does that.
func tellHalves(info *tfbridge.ProviderInfo) error {
	halves, ok := info.P.(interface {
		ResolveDispatch(*tfbridge.ProviderInfo) (muxer.DispatchTable, error)
	})
	if !ok {
		return errors.New("this version of the bridge cannot tell which half serves what")
	}
	table, err := halves.ResolveDispatch(info)
	if err != nil {
		return err
	}
	return metadata.Set(info.GetMetadata(), "mux", table)
}
