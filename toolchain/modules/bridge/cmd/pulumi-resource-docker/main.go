// Command pulumi-resource-docker is hive's own build of the docker plugin.
package main

import (
	"encoding/json"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"hive/toolchain/bridge/docker"
)

// version is the npm package's version; the build sets it (-X main.version=…).
var version = "0.0.0"

func main() {
	schema, err := json.Marshal(map[string]string{"name": "docker", "version": version})
	if err != nil {
		panic(err)
	}
	tfbridge.Main("docker", version, docker.Provider(version), schema)
}
