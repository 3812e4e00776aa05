// Command schema prints the full Pulumi schema of one of hive's bridged plugins, as JSON: the test of
// the bridge compares it with the npm package. Usage: schema docker|random VERSION.
package main

import (
	"context"
	"fmt"
	"os"

	pfgen "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"

	"encoding/json"

	"hive/toolchain/bridge/docker"
	"hive/toolchain/bridge/random"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: schema docker|random VERSION")
		os.Exit(2)
	}
	text, err := schema(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
	if _, err := os.Stdout.Write(append(text, '\n')); err != nil {
		os.Exit(1)
	}
}

// schema returns the JSON text for one plugin; anything but docker and random is an error.
func schema(plugin, version string) ([]byte, error) {
	sink := diag.DefaultSink(os.Stderr, os.Stderr, diag.FormatOptions{Color: colors.Never})
	switch plugin {
	case "docker":
		spec, err := tfgen.GenerateSchema(docker.Provider(version), sink)
		if err != nil {
			return nil, err
		}
		return json.Marshal(spec)
	case "random":
		result, err := pfgen.GenerateSchema(context.Background(), pfgen.GenerateSchemaOptions{
			ProviderInfo:    random.Provider(version),
			DiagnosticsSink: sink,
		})
		if err != nil {
			return nil, err
		}
		return result.ProviderMetadata.PackageSchema, nil
	default:
		return nil, fmt.Errorf("unknown plugin %q: write docker or random", plugin)
	}
}
