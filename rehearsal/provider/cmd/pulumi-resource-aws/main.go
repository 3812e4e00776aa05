// Command pulumi-resource-aws is hive's own build of a part of the aws plugin.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"hive/rehearsal/provider/mapping"
)

// version is the npm package's version; the build sets it (-X main.version=…).
var version = "0.0.0"

func main() {
	ctx := context.Background()
	provider, err := mapping.Provider(ctx, version)
	if err != nil {
		fmt.Fprintln(os.Stderr, "hive's build of the aws plugin:", err)
		os.Exit(1)
	}
	schema, err := json.Marshal(map[string]string{"name": "aws", "version": version})
	if err != nil {
		panic(err)
	}
	pf.MainWithMuxer(ctx, "aws", provider, schema)
}
