import * as iam from "@pulumi/aws/iam";
import type * as pulumi from "@pulumi/pulumi";
import type { NetworkArgs } from "./network";

/**
 * Makes the role of servers on which the Session Manager may open shells. It has the rights of the
 * agent's connection and no others; without it, servers have no rights in the account at all.
 */
export function createSessionManagerProfile({
  child,
  tags,
  opts,
}: Pick<NetworkArgs, "child" | "tags" | "opts">): iam.InstanceProfile {
  const role = new iam.Role(
    child("role"),
    {
      description: "Servers of hive: shells by the Session Manager, and nothing else",
      assumeRolePolicy: policy(["sts:AssumeRole"], {
        Principal: { Service: "ec2.amazonaws.com" },
      }),
      tags: tags("role"),
    },
    opts,
  );
  new iam.RolePolicy(
    child("role-policy"),
    {
      role: role.id,
      policy: policy(
        [
          "ssm:UpdateInstanceInformation",
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ],
        // None of these actions can be limited to a resource.
        { Resource: "*" },
      ),
    },
    opts,
  );
  return new iam.InstanceProfile(
    child("profile"),
    { role: role.name, tags: tags("profile") },
    opts,
  );
}

function policy(actions: readonly string[], rest: object): pulumi.Input<string> {
  const statement = { Effect: "Allow", Action: actions, ...rest };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
