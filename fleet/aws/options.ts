import { z } from "zod";
import { baseImages } from "../base-images";
import { cidrFault, parseCidr } from "../../model/network/addresses";
import { size } from "../../model/schema/values";
import { sizeBytes } from "../../model/values/size";

/** Services of AWS that hive calls; `all` stands for each of them. */
export const awsServices = [
  "ec2",
  "iam",
  "kms",
  "route53",
  "s3",
  "servicequotas",
  "ssm",
  "sts",
] as const;

/** Key of the endpoint of every service. */
export const everyService = "all";

/** Widest network that may use SSH: whoever needs more than a /8 has not thought of a network. */
const widestSshSource = 8;

const sshSource = z
  .string()
  .superRefine((text, context) => {
    const fault = cidrFault(text);
    if (fault !== undefined) {
      context.addIssue({
        code: "custom",
        message: fault.message,
        params: { remedy: fault.remedy },
      });
    } else if (parseCidr(text).prefix < widestSshSource) {
      context.addIssue({
        code: "custom",
        message: "is so wide that half of the internet could try to log in",
        params: { remedy: "write the networks from which operators come, e.g. 203.0.113.0/24" },
      });
    }
  })
  .meta({ takes: "an IPv4 network in CIDR notation" });

/** An instance type. */
export const instanceType = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "is not the name of an instance type")
  .meta({ takes: "an instance type", write: "write an instance type such as t3.medium" });

/** Smallest system disk, GiB: that of Debian's image. */
const smallestRoot = 8;

/** Size of a system disk. */
export const rootDiskSize = size
  .refine(
    (text) => (sizeBytes(text) ?? 0) >= smallestRoot * 2 ** 30,
    `is smaller than the ${smallestRoot}GiB of Debian's image`,
  )
  .meta({ takes: `a size, at least \`${smallestRoot}GiB\``, write: "write a size such as 20GiB" });

/** The value of a tag. */
export const tag = z
  .string()
  .max(256, "is longer than 256 letters")
  .meta({ takes: "a text", write: "write a text of at most 256 letters" });

/** `hive:aws`. */
export const awsOptions = z
  .strictObject({
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, "is not the name of a region")
      .optional()
      .meta({
        description: "The region of everything that hive makes.",
        takes: "the name of a region",
        write: "write the name of a region, e.g. ap-northeast-1",
        defaultText: "the region of the first of `hive:zones`",
      }),
    profile: z.string().min(1, "is empty").optional().meta({
      description:
        "Profile of the computer's AWS configuration (`~/.aws/config`) that has the credentials. They are never in the stage's file.",
      takes: "the name of a profile",
      defaultText: "as other tools find credentials: environment, default profile",
    }),
    assumeRole: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::[0-9]{12}:role\/.+$/, "is not the ARN of a role")
      .optional()
      .meta({
        description: "Role that hive takes on before it does anything in the account.",
        takes: "the ARN of a role",
        write: "write an ARN such as arn:aws:iam::123456789012:role/hive",
        defaultText: "none: the credentials' own rights",
      }),
    defaultTags: z.record(z.string().min(1).max(128), tag).default({}).meta({
      description:
        "Tags for everything in the account, besides `Name`, `hive:site`, `hive:stage` and `hive:role`, which hive sets.",
      takes: "a map of texts by name",
      write: "write a map of texts by name, e.g. { cost-centre: web }",
      defaultText: "none",
    }),
    endpoints: z
      .partialRecord(
        z.enum([everyService, ...awsServices]),
        z
          .string()
          .regex(/^https?:\/\/[^\s/]+(\/\S*)?$/, "is not a URL")
          .meta({ takes: "a URL", write: "write a URL such as https://ec2.example" }),
      )
      .default({})
      .meta({
        description:
          "Other addresses of AWS's services, such as VPC endpoints or an emulator, by service: " +
          `${awsServices.join(", ")}, or \`${everyService}\`. For an emulator on this computer, hive logs in with made-up keys: real ` +
          "ones never go there.",
        takes: "a map of URLs by service",
        write: `write a map of URLs by service, e.g. { ${everyService}: "http://127.0.0.1:5000" }`,
        defaultText: "those of AWS",
      }),
    ami: z
      .string()
      .regex(/^(ami-[0-9a-f]{8,17}|\/[A-Za-z0-9_./-]+)$/, "is not an image of a server")
      .default("/aws/service/debian/release/13/latest/amd64")
      .meta({
        description:
          "The image that new servers start from: its id, or the parameter of the Systems Manager that names it. A server that exists keeps its own: a newer " +
          "image replaces none.",
        takes: "an AMI's id, or the name of a parameter",
        write: "write e.g. ami-0123456789abcdef0",
      }),
    instanceTypes: z
      .strictObject({
        cluster: instanceType
          .default("t3.medium")
          .meta({ description: "Instance type of the cluster servers." }),
        repository: instanceType
          .default("t3.small")
          .meta({ description: "Instance type of the repository server." }),
      })
      .prefault({})
      .meta({ description: "Sizes of servers. Another type stops and starts each server." }),
    rootDisks: z
      .strictObject({
        cluster: rootDiskSize.default("20GiB").meta({
          description:
            "System disk of each cluster server, in whole GiB: images and local volumes are on it.",
        }),
        repository: rootDiskSize.default("40GiB").meta({
          description:
            "System disk of the repository server, in whole GiB: the site's images are on it.",
        }),
      })
      .prefault({})
      .meta({
        description:
          "Sizes of the servers' system disks. They can grow, and the file system grows at the server's next boot.",
      }),
    kmsKey: z
      .string()
      .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)\/.+$/, "is not the ARN of a key")
      .optional()
      .meta({
        description:
          "Key that encrypts all disks. Disks cannot change their key: with another one, hive makes new ones.",
        takes: "the ARN of a key of KMS",
        write:
          "write an ARN such as arn:aws:kms:ap-northeast-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
        defaultText: "the account's key for EBS",
      }),
    sshSources: z.array(sshSource).default([]).meta({
      description: "Networks from which operators log in on the servers. Nobody else reaches SSH.",
      takes: "a list of IPv4 networks in CIDR notation",
      write: "write a list of networks, e.g. [203.0.113.0/24]",
      defaultText: "none: a stage cannot be built without one",
    }),
    elasticIps: z
      .record(
        z.string().regex(/^hive[0-9]$/, "is not the name of a server"),
        z
          .string()
          .regex(/^eipalloc-[0-9a-f]{8,17}$/, "is not the id of an address")
          .meta({
            takes: "the allocation id of an Elastic IP",
            write: "write an id such as eipalloc-0123456789abcdef0",
          }),
      )
      .default({})
      .meta({
        description:
          "Elastic IPs that the account has already, by server. hive uses them and never releases them.",
        takes: "a map of allocation ids by server",
        write:
          "write a map of allocation ids by server, e.g. { hive0: eipalloc-0123456789abcdef0 }",
        defaultText: "none: hive allocates one for each server",
      }),
    baseImages,
    ssm: z
      .boolean()
      .default(false)
      .meta({
        description:
          "Whether the Session Manager of AWS may open shells on the servers, as a way in when SSH fails. Whoever has that right in the account " +
          "is root there. The image needs the agent of SSM, which Debian's does not have.",
      }),
    protect: z
      .boolean()
      .optional()
      .meta({
        description:
          "Whether servers, their addresses and disks are protected: a run that would delete or replace one of them is refused before it touches " +
          "anything, and `destroy` leaves addresses and disks in the account.",
        takes: "true or false",
        write: "write true or false",
        defaultText: "`true` on production, `false` on other stages",
      }),
  })
  .prefault({})
  .meta({ description: "Options of the `aws` fleet; an error on other fleets." });

/** Options of the `aws` fleet, every default filled in. */
export type AwsOptions = z.output<typeof awsOptions>;
