// Package docker maps the Terraform provider for Docker to the names and types of Pulumi's docker
// package, so that programs written against the npm package @pulumi/docker run on it unchanged.
package docker

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	sdk "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/terraform-providers/terraform-provider-docker/shim"
)

// maxNameLength is the longest name that automatic naming makes for a resource, in characters.
const maxNameLength = 255

// names gives each Terraform resource the name of its class in @pulumi/docker. The class Image of that
// package is no bridged resource (it is Go code of the official plugin), so it does not exist here.
var names = map[string]string{
	"docker_buildx_builder": "BuildxBuilder",
	"docker_config":         "ServiceConfig",
	"docker_container":      "Container",
	"docker_image":          "RemoteImage",
	"docker_network":        "Network",
	"docker_plugin":         "Plugin",
	"docker_registry_image": "RegistryImage",
	"docker_secret":         "Secret",
	"docker_service":        "Service",
	"docker_tag":            "Tag",
	"docker_volume":         "Volume",
}

// functions gives each Terraform data source the name of its function in @pulumi/docker.
var functions = map[string]string{
	"docker_image":                    "getRemoteImage",
	"docker_logs":                     "getLogs",
	"docker_network":                  "getNetwork",
	"docker_plugin":                   "getPlugin",
	"docker_registry_image":           "getRegistryImage",
	"docker_registry_image_manifests": "getRegistryImageManifests",
}

// fields holds what the rules of the bridge would name otherwise than @pulumi/docker does.
var fields = map[string]map[string]*tfbridge.SchemaInfo{
	"docker_container": {
		// A list, but one command: the rule would make a plural of it.
		"command":           {Name: "command"},
		"networks_advanced": {Name: "networksAdvanced"},
	},
	"docker_image": {
		// The name says which image to pull or build: it must never be invented.
		"name": {Name: "name"},
	},
}

// Provider returns the mapping; version is the version of the npm package that it stands behind.
func Provider(version string) tfbridge.ProviderInfo {
	resources := map[string]*tfbridge.ResourceInfo{}
	for name, class := range names {
		resources[name] = &tfbridge.ResourceInfo{
			Tok:    tfbridge.MakeResource("docker", "index", class),
			Fields: fields[name],
			// Two containers cannot hold the same name, address or port.
			DeleteBeforeReplace: name == "docker_container",
		}
	}
	dataSources := map[string]*tfbridge.DataSourceInfo{}
	for name, function := range functions {
		dataSources[name] = &tfbridge.DataSourceInfo{
			Tok: tfbridge.MakeDataSource("docker", "index", function),
		}
	}
	info := tfbridge.ProviderInfo{
		P:            sdk.NewProvider(shim.NewProvider(version)),
		Name:         "docker",
		Version:      version,
		DisplayName:  "Docker (bridged by hive)",
		Description:  "hive's own bridge of the official Terraform provider for Docker",
		License:      "Apache-2.0",
		MetadataInfo: tfbridge.NewProviderMetadata(nil),
		Config: map[string]*tfbridge.SchemaInfo{
			"host": {Default: &tfbridge.DefaultInfo{
				Value:   "unix:///var/run/docker.sock",
				EnvVars: []string{"DOCKER_HOST"},
			}},
			"registry_auth": {Name: "registryAuth", MaxItemsOne: tfbridge.False()},
		},
		Resources:   resources,
		DataSources: dataSources,
	}
	info.SetAutonaming(maxNameLength, "-")
	return info
}
