package mapping

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// resources returns the resource types of this build by Terraform's name.
func resources() map[string]*tfbridge.ResourceInfo {
	all := map[string]*tfbridge.ResourceInfo{}
	add := func(terraform, module, class string, differing fields) {
		if differing == nil {
			differing = fields{}
		}
		file := strings.ToLower(class[:1]) + class[1:]
		all[terraform] = &tfbridge.ResourceInfo{
			Tok:    tokens.Type("aws:" + module + "/" + file + ":" + class),
			Fields: differing,
		}
	}

	// Network.
	add("aws_vpc", "ec2", "Vpc", nil)
	add("aws_subnet", "ec2", "Subnet", nil)
	add("aws_internet_gateway", "ec2", "InternetGateway", nil)
	add("aws_route_table", "ec2", "RouteTable", nil)
	add("aws_route", "ec2", "Route", nil)
	add("aws_route_table_association", "ec2", "RouteTableAssociation", nil)
	add("aws_eip", "ec2", "Eip", nil)
	add("aws_eip_association", "ec2", "EipAssociation", nil)
	add("aws_security_group", "ec2", "SecurityGroup", fields{
		"name":        named("name", 255),
		"description": managed(),
		"ingress":     called("ingress"),
		"egress":      called("egress"),
	})
	add("aws_vpc_security_group_ingress_rule", "vpc", "SecurityGroupIngressRule", nil)
	add("aws_vpc_security_group_egress_rule", "vpc", "SecurityGroupEgressRule", nil)

	// Servers and disks.
	add("aws_key_pair", "ec2", "KeyPair", fields{"key_name": named("keyName", 255)})
	add("aws_instance", "ec2", "Instance", fields{
		"iam_instance_profile": textOr("aws:iam/instanceProfile:InstanceProfile"),
		"instance_type":        textOr("aws:ec2/instanceType:InstanceType"),
		"tenancy":              textOr("aws:ec2/tenancy:Tenancy"),
	})
	add("aws_ec2_instance_state", "ec2transitgateway", "InstanceState", nil)
	add("aws_ebs_volume", "ebs", "Volume", nil)
	add("aws_volume_attachment", "ec2", "VolumeAttachment", nil)

	// Identity and keys.
	add("aws_iam_role", "iam", "Role", fields{
		"name":               named("name", 64),
		"assume_role_policy": policy(),
	})
	add("aws_iam_role_policy", "iam", "RolePolicy", fields{
		"name":   named("name", 64),
		"policy": policy(),
		"role":   textOr("aws:iam/role:Role"),
	})
	add("aws_iam_role_policy_attachment", "iam", "RolePolicyAttachment", fields{
		"role": textOr("aws:iam/role:Role"),
	})
	add("aws_iam_instance_profile", "iam", "InstanceProfile", fields{
		"name": named("name", 128),
		"role": textOr("aws:iam/role:Role"),
	})
	add("aws_kms_key", "kms", "Key", nil)
	add("aws_kms_alias", "kms", "Alias", fields{"name": keyAlias()})

	// Buckets.
	add("aws_s3_bucket", "s3", "Bucket", fields{"bucket": bucketName()})
	add("aws_s3_bucket_versioning", "s3", "BucketVersioning", nil)
	add("aws_s3_bucket_public_access_block", "s3", "BucketPublicAccessBlock", nil)
	add("aws_s3_bucket_server_side_encryption_configuration", "s3",
		"BucketServerSideEncryptionConfiguration", nil)

	// Names.
	add("aws_route53_zone", "route53", "Zone", fields{
		"name":    named("name", 255),
		"comment": managed(),
	})
	add("aws_route53_record", "route53", "Record", fields{
		"name":                       called("name"),
		"type":                       textOr("aws:route53/recordType:RecordType"),
		"alias":                      listOf("aliases"),
		"failover_routing_policy":    listOf("failoverRoutingPolicies"),
		"geolocation_routing_policy": listOf("geolocationRoutingPolicies"),
		"latency_routing_policy":     listOf("latencyRoutingPolicies"),
		"weighted_routing_policy":    listOf("weightedRoutingPolicies"),
	})
	return all
}

// functions returns the functions of this build by Terraform's name of the data source.
func functions() map[string]*tfbridge.DataSourceInfo {
	all := map[string]*tfbridge.DataSourceInfo{}
	add := func(terraform, module, function string) {
		token := tokens.ModuleMember("aws:" + module + "/" + function + ":" + function)
		all[terraform] = &tfbridge.DataSourceInfo{Tok: token}
	}
	add("aws_ami", "ec2", "getAmi")
	add("aws_availability_zones", "index", "getAvailabilityZones")
	add("aws_caller_identity", "index", "getCallerIdentity")
	add("aws_ec2_instance_type", "ec2", "getInstanceType")
	add("aws_ebs_volumes", "ebs", "getEbsVolumes")
	add("aws_eip", "ec2", "getElasticIp")
	add("aws_eips", "ec2", "getEips")
	add("aws_iam_policy_document", "iam", "getPolicyDocument")
	add("aws_instance", "ec2", "getInstance")
	add("aws_instances", "ec2", "getInstances")
	add("aws_internet_gateway", "ec2", "getInternetGateway")
	add("aws_partition", "index", "getPartition")
	add("aws_region", "index", "getRegion")
	add("aws_route_tables", "ec2", "getRouteTables")
	add("aws_security_groups", "ec2", "getSecurityGroups")
	add("aws_servicequotas_service_quota", "servicequotas", "getServiceQuota")
	add("aws_ssm_parameter", "ssm", "getParameter")
	add("aws_subnets", "ec2", "getSubnets")
	add("aws_vpc_security_group_rules", "vpc", "getSecurityGroupRules")
	add("aws_vpcs", "ec2", "getVpcs")
	return all
}
