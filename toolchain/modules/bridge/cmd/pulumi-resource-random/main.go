// Command pulumi-resource-random is hive's own build of the random plugin.
package main

import (
	"context"
	"encoding/json"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"hive/toolchain/bridge/random"
)

// version is the npm package's version; the build sets it (-X main.version=…).
var version = "0.0.0"

func main() {
	schema, err := json.Marshal(map[string]string{"name": "random", "version": version})
	if err != nil {
		panic(err)
	}
	pf.Main(context.Background(), "random", random.Provider(version), pf.ProviderMetadata{
		PackageSchema: schema,
	})
}
