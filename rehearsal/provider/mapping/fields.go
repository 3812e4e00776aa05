package mapping

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// named is a name that Pulumi makes where the program gives none, of at most so many characters.
func named(property string, longest int) *tfbridge.SchemaInfo {
	return tfbridge.AutoName(property, longest, "-")
}

// keyAlias is such a name for the alias of a key.
func keyAlias() *tfbridge.SchemaInfo {
	return tfbridge.AutoNameTransform("name", 255, func(name string) string {
		return "alias/" + strings.TrimPrefix(name, "alias/")
	})
}

// bucketName is such a name for a bucket.
func bucketName() *tfbridge.SchemaInfo {
	return tfbridge.AutoNameTransform("bucket", 63, strings.ToLower)
}

// policy is a JSON document, as a text or as an object.
func policy() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{
		Type:      "string",
		AltTypes:  []tokens.Type{"aws:iam/documents:PolicyDocument"},
		Transform: tfbridge.TransformJSONDocument,
	}
}

// textOr is a text for which the npm package also takes another type, whose value is a text.
func textOr(other tokens.Type) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Type: "string", AltTypes: []tokens.Type{other}}
}

// listOf is a list under another name; Terraform allows one entry only.
func listOf(property string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Name: property, MaxItemsOne: tfbridge.False()}
}

// called keeps a name that the bridge would change.
func called(property string) *tfbridge.SchemaInfo { return &tfbridge.SchemaInfo{Name: property} }

// managed is a description that says who manages the thing, unless the program says more.
func managed() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{Value: "Managed by Pulumi"}}
}
