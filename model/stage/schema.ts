import { z } from "zod";
import { cidrFault } from "../network/addresses";
import { isUpdateTime } from "./update-time";
import { isDomainName } from "../values/names";
import { phases } from "../phases";
import { nameSchema, size } from "../schema/values";
import { publicKeyFault } from "../values/public-key";
import { fleetOptions } from "../../fleet/options";
import { contentLimit } from "../swarm/object-name";
import { reservedLabelPrefix } from "../swarm/node-labels";
import { isComparableValue, isKnownKey } from "../service/placement-constraints";

/**
 * The one schema of a stage's configuration: the keys `hive:*` of `Pulumi.<stage>.yaml`. Its
 * descriptions are the reference page `docs/stage-options.md`.
 */

const cidr = z.string().superRefine((text, context) => {
  const fault = cidrFault(text);
  if (fault === undefined) return;
  context.addIssue({ code: "custom", message: fault.message, params: { remedy: fault.remedy } });
});

const port = z.int().min(1).max(65535);

const clusterHosts = z
  .int()
  .superRefine((count, context) => {
    const fault = clusterSizeFault(count);
    if (fault === undefined) return;
    context.addIssue({ code: "custom", message: fault.message, params: { remedy: fault.remedy } });
  })
  .default(3)
  .meta({
    description:
      "Number of servers that run containers; all of them are Swarm managers. Odd, from 3 to 7. The repository server comes " +
      "on top. It always has the index 3, and the cluster has 0, 1, 2, 4, 5 and so on: another number does not change the remaining servers.",
    takes: "3, 5 or 7",
    write: "write 3, 5 or 7",
  });

function clusterSizeFault(count: number): { message: string; remedy: string } | undefined {
  if (count < 3) {
    return {
      message:
        `a cluster of ${count} cannot lose a server: a majority must stay, and the majority of ${count} ` +
        `is ${Math.floor(count / 2) + 1}`,
      remedy: "write 3, the smallest cluster that survives the loss of one server",
    };
  }
  if (count % 2 === 0) {
    return {
      message:
        `an even cluster survives no more than the next smaller odd one: ${count} servers survive the loss of ` +
        `${count / 2 - 1}, as ${count - 1} do, and can split into two equal halves without a majority`,
      remedy:
        count > 7 ? "write 7" : `write ${count - 1}, or ${count + 1} to survive one loss more`,
    };
  }
  if (count > 7) {
    return {
      message:
        "all cluster servers are Swarm managers, and more than 7 managers make every decision slower",
      remedy: "write 7, 5 or 3",
    };
  }
  return undefined;
}

const swarm = z
  .strictObject({
    heartbeatSeconds: z
      .int()
      .min(1)
      .max(60)
      .default(2)
      .meta({
        description:
          "Seconds between two heartbeats of a server. With 2 a lost server is noticed in 4 to 7 seconds, with Docker's " +
          "own 5 in 11 to 15.",
      }),
    taskHistoryLimit: z
      .int()
      .min(0)
      .max(100)
      .default(5)
      .meta({ description: "Number of finished tasks that are kept for each slot of a service." }),
  })
  .prefault({})
  .meta({ description: "Settings of the whole Swarm." });

const registry = z
  .strictObject({
    port: port
      .default(5000)
      .meta({ description: "TCP port of the image registry on the repository server." }),
  })
  .prefault({})
  .meta({ description: "The site's private image registry." });

const keyVersion = z
  .int()
  .min(1)
  .default(1)
  .meta({
    description:
      "Version of the keys that hive makes for itself: of the site's authority, of the registry's certificate, and the " +
      "registry's two passwords. A larger number makes new ones; a smaller one is refused. The servers trust the former authority beside the new " +
      "one until the next version, so after a leak raise it twice, with a complete run each time: see `docs/security.md`.",
    write: "write a whole number, one more than the present one to make new keys",
  });

const updated = z
  .string()
  .refine(isUpdateTime, "is not a day or a time in UTC")
  .optional()
  .meta({
    description:
      "When `npx hive update` last asked for updates, in UTC. Another value, in one run: base images are asked for again, images are " +
      "built again without a cache, and the packages of the servers are upgraded, one server at a time. `hive update` writes it.",
    defaultText: "never: base images stay as the first run found them",
    takes: "a day or a time in UTC, in quotes",
    write:
      'write it in quotes, e.g. "2026-12-24" or "2026-12-24T08:00:00Z", or let `npx hive update` write it',
  });

const ssh = z
  .strictObject({
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "is not a valid Linux user name")
      .refine((user) => user !== "root", "root cannot log in on the servers")
      .default("hive")
      .meta({
        description: "The one admin user of the servers; root cannot log in.",
        takes: "a user name",
        write:
          "write a lower-case name of at most 32 letters, digits, - and _ other than root, e.g. hive",
      }),
    port: port.default(22).meta({ description: "TCP port of the servers' SSH daemon." }),
  })
  .prefault({})
  .meta({ description: "How the servers are reached for management." });

const operators = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, "contains blanks")
        .meta({
          description: "The owner of the key: the comment in the servers' list of keys.",
          write: "write a name such as anna or anna@example.org",
        }),
      publicKey: z
        .string()
        .superRefine((text, context) => {
          const fault = publicKeyFault(text);
          if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
        })
        .meta({
          description: "The public key, as the file `*.pub` holds it: `ssh-ed25519 AAAA…`.",
          takes: "a public SSH key",
          write: "copy the line of the file that ends in .pub, e.g. ~/.ssh/id_ed25519.pub",
        }),
    }),
  )
  .default([])
  .meta({
    description:
      "Who may log in on the servers as the admin user. The list is kept on every server: another operator touches no service. " +
      "The stage does not say where private keys are: each computer has its own, see `HIVE_SSH_KEY` in the operations guide.",
    takes: "a list of `{ name, publicKey }`",
    defaultText:
      "on the `container` fleet a key that hive generates; on others at least one is needed",
    write: 'write e.g. [{ name: anna, publicKey: "ssh-ed25519 AAAA…" }]',
  });

const volumes = z
  .strictObject({
    backend: z
      .enum(["shared", "drbd", "local"])
      .optional()
      .meta({
        description:
          "How replicated volumes are mirrored. `drbd`: block by block on disks of all cluster servers. `shared`: a stand-in " +
          "for the `container` fleet, whose servers are on one computer: one folder that all of them see; a lock allows one writer at a " +
          "time. `local`: not at all; each is on one server, to which its services are bound.",
        defaultText:
          "`shared` on the `container` fleet, `local` on the fleets `aws` and `prepared` until DRBD is set up",
      }),
  })
  .prefault({})
  .meta({ description: "Settings of volumes." });

const hostSize = z
  .strictObject({
    cpus: z
      .number()
      .min(0.1)
      .max(1024)
      .optional()
      .meta({ description: "Processors of each cluster server.", defaultText: "unknown" }),
    memory: size.optional().meta({
      description: "Memory of each cluster server, as its Docker Engine reports it.",
      defaultText: "unknown",
    }),
  })
  .optional()
  .meta({
    description:
      "Resources of each cluster server. With it, a service that fits on no server is refused before anything is touched, instead " +
      "of waiting for ever.",
    defaultText: "unknown: resources are not checked",
    write: 'write e.g. { cpus: 2, memory: "4GiB" }',
  });

const secrets = z
  .record(
    nameSchema,
    z
      .string()
      .min(1, "is empty")
      .refine(
        (text) => new TextEncoder().encode(text).length < contentLimit,
        "is not shorter than 500 KiB, the Swarm's limit",
      ),
  )
  .default({})
  .meta({
    description:
      "Values of the site's secrets that are declared as `{ fromStage: true }`, by name. Each is encrypted; the command " +
      "asks for the value, so that it is in no command line: `npx hive pulumi -- config set --stack <stage> --secret --path 'hive:secrets[\"<name>\"]'`.",
    takes: "a map of encrypted texts by name",
    defaultText: "none",
  });

const labelName = z
  .string()
  .refine(
    (name) => isKnownKey(`node.labels.${name}`),
    "is not a label name: letters, digits, dots, hyphens and underscores, as constraints take them",
  )
  .refine(
    (name) => !name.startsWith(reservedLabelPrefix),
    `begins with ${reservedLabelPrefix}, which is reserved for hive's own labels`,
  );

const labelValue = z
  .union([z.string(), z.number(), z.boolean()])
  .refine(
    (value) => isComparableValue(String(value)) && String(value).trim() === String(value),
    "is not a valid value for a constraint",
  )
  .meta({
    takes: "a text, a number or true or false",
    write: "write a text of letters, digits and . _ - : / and the like, without spaces around it",
  });

const labels = z
  .record(
    z.string(),
    z.record(labelName, labelValue).meta({
      takes: "a map of labels by name",
      write: "write a map of labels by name, e.g. { disk: ssd }",
    }),
  )
  .default({})
  .meta({
    description:
      "Labels of servers, for `placement` of services (`node.labels.disk == ssd`): by server (`hive0`, its index or its full name), and for all " +
      "cluster servers under `cluster`; those of the server itself win. A name that is listed here belongs to the stage on every cluster " +
      "server: a manually set label of this name is removed where the stage does not set it, and all are removed when the name is removed here. " +
      "Labels of other names are left alone.",
    takes: "a map of labels by server or role, e.g. { hive0: { disk: ssd } }",
    write: "write a map of labels by server or role, e.g. { hive0: { disk: ssd } }",
    defaultText: "none",
  });

const values = z
  .record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).meta({
      takes: "a text, a number, true or false, or a list of texts",
    }),
  )
  .default({})
  .meta({
    description:
      "Values that the site declares with `stageValues` because they differ between stages, by name. A value that is not set here has the default of the " +
      "site. The plan shows them to everybody: they must not contain secrets.",
    takes: "a map of texts, numbers, true or false, or lists of texts by name",
    write: "write a map by name, e.g. { webReplicas: 3 }",
    defaultText: "the defaults in `site/`",
  });

const oneTimePasswords = z
  .record(z.string().min(1), z.string().min(1, "is empty"))
  .default({})
  .meta({
    description:
      "Passwords for the first contact with existing servers (the `prepared` fleet), by the servers' names there, if the " +
      "operator's key does not work. `hive up` removes them when it has used them. Each is encrypted; the command asks for the value, so that it is in " +
      "no command line: `npx hive pulumi -- config set --stack <stage> --secret --path 'hive:oneTimePasswords[\"hive0\"]'`.",
    takes: "a map of encrypted texts by name of a server",
    defaultText: "none: the operator's key works",
  });

const pins = z
  .record(
    z.string().min(1),
    z
      .string()
      .regex(/^sha256:[a-f0-9]{64}$/, "is not a digest")
      .meta({ write: 'write "sha256:" and 64 hexadecimal digits' }),
  )
  .default({})
  .meta({
    description:
      "Digests of images that the stage takes from its registry instead of building them, by the name of an image, " +
      "or of a service that runs an image of the site. `hive rollback` writes a pin, `hive unpin` removes it.",
    takes: "a map of digests (`sha256:…`) by name",
    defaultText: "none: the stage runs the images of `site/`",
  });

/** The keys of a stage, without the prefix `hive:`. */
export const stageSchema = z.strictObject({
  siteName: z
    .string()
    .refine(isDomainName, "is not a domain name of lower-case letters, digits and hyphens")
    .optional()
    .meta({
      description:
        "The site's domain name on this stage: the suffix of every server's name. For a stage that lives under another domain.",
      defaultText: "the name in `site/site.ts`",
      takes: "a domain name",
      write: "write a domain name such as hive.example",
    }),
  fleet: z.enum(["container", "aws", "prepared"]).meta({
    description:
      "The source of the stage's servers. `container`: containers on this computer's Docker Engine that behave as " +
      "servers. `aws`: EC2 instances. `prepared`: existing servers with SSH.",
  }),
  cidr: cidr.meta({
    description:
      "The network that joins the servers. The server with index i has the network's first address + 4 + i; the first " +
      "four are reserved for gateway and cloud. On the `aws` fleet each zone has an equal part of the network, and the server its address in that of its " +
      "zone, counted in the same way. On the `prepared` fleet it contains the servers' private addresses.",
    takes: "an IPv4 network in CIDR notation",
    write: "write a private network with room for all servers, e.g. 172.29.16.0/24",
  }),
  clusterHosts,
  zones: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "is not a zone name"))
    .min(1)
    .default(["zone-a", "zone-b", "zone-c"])
    .meta({
      description:
        "Availability zones; servers are assigned to them in turn. On the `container` fleet they are labels only.",
      takes: "a list of zone names",
      write:
        "write a list of zone names of lower-case letters, digits and hyphens, e.g. [zone-a, zone-b, zone-c]",
    }),
  swarm,
  registry,
  keyVersion,
  updated,
  ssh,
  operators,
  ...fleetOptions,
  volumes,
  hostSize,
  labels,
  values,
  secrets,
  oneTimePasswords,
  pins,
  overlayPool: cidr.default("10.224.0.0/12").meta({
    description:
      "Pool from which the Swarm takes the networks of services, a /24 each. It must not overlap a network that containers " +
      "have to reach. The default is high up in 10.0.0.0/8, which company networks rarely use, and holds 4096 " +
      "networks. It is fixed when the Swarm is created.",
    takes: "an IPv4 network in CIDR notation, at least a /20",
    write:
      "write a private network of at least a /20 that is used for nothing else, e.g. 10.224.0.0/12",
  }),
  encryptNetworks: z
    .boolean()
    .optional()
    .meta({
      description:
        "Whether the Swarm encrypts the networks of services between servers (IPsec, of the driver `overlay`). Without it, whoever is on the way " +
        "between two servers reads passwords. `false` fits where another layer encrypts, such as a VPN or instances that encrypt in transit, and " +
        "kernels without `xfrm_user` and `esp4`. Another value makes the networks anew: their services restart.",
      defaultText: "`true` on the fleets `aws` and `prepared`, `false` on `container`",
      takes: "true or false",
      write: "write true or false",
    }),
  throughPhase: z.enum(phases).default("initialize-services").meta({
    description: "The last phase that a run goes through: for tests and careful operators.",
  }),
});

/**
 * A stage's configuration with every default filled in. {@link secretMaps} contain only the names,
 * in alphabetical order: the values stay in Pulumi's configuration, so that no plan, message or
 * file can contain one.
 */
export type StageConfig = Omit<z.output<typeof stageSchema>, SecretMap> &
  Readonly<Record<SecretMap, readonly string[]>>;

/** The keys whose values are secret: maps of encrypted texts by name. */
export const secretMaps = ["secrets", "oneTimePasswords"] as const;

/** One of {@link secretMaps}. */
export type SecretMap = (typeof secretMaps)[number];

/** Whether a key's values are secret. */
export function isSecretMap(key: string): key is SecretMap {
  return secretMaps.some((each) => each === key);
}
