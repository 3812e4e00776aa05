import { z } from "zod";

const text = (description: string) => z.string().meta({ description });
const texts = (description: string) => z.array(z.string()).readonly().meta({ description });

/** A server. */
const host = z.object({
  name: text("Fully qualified name."),
  role: z.enum(["cluster", "repository"]).meta({ description: "What the server is for." }),
  zone: text("What fails together with it."),
  privateAddress: text("IPv4 address at which the other servers reach it."),
  publicAddress: text("Where users reach its published ports; on AWS its Elastic IP."),
  missing: texts(
    "Work that is still to be done there, because the server did not answer in the last run: " +
      "`base and firewall`, `image web`. Empty for a server in the wanted state.",
  ),
});

/** A service of the Swarm. */
const service = z.object({
  image: text("Reference of its image, by digest."),
  digest: text("`sha256:…`; empty for a reference without a digest."),
  endpoints: texts("URLs or `<protocol>://<address>:<port>`, each of which answers."),
  movingEndpoints: texts(
    "More of them, of ports in host mode of a service that runs on some servers only: those answer " +
      "whose server runs a task, and tasks move. A client tries all of them; `hive status --json` says which ones answer now.",
  ),
  routes: texts("URLs of its routes at each cluster server. Absent: it has none.").optional(),
});

/** An image that was built for a repository, or promoted to it from another stage. */
const release = z.object({
  tag: text("12 hex digits that follow from the content; empty for an image from another stage."),
  digest: text("`sha256:…` as the registry knows it; empty for an image that was not pushed."),
  reference: text("`<repository>@sha256:…`, or the image's id."),
  builtAt: text("Time of the build, ISO 8601 in UTC; empty if unknown."),
  kept: z.boolean().meta({ description: "Whether the image still exists." }),
});

/** An image that the site builds. */
const image = z.object({
  reference: text("The reference that services of the stage use now, by digest."),
  releases: z.array(release.readonly()).readonly().meta({
    description: "The releases that the stage has built and still remembers, newest first.",
  }),
});

/** How a server is reached for management. */
const access = z.object({
  name: text("The server's fully qualified name."),
  address: text("Address or name to dial."),
  port: z.int().meta({ description: "TCP port of its SSH daemon." }),
  user: text("The admin user."),
  hostKey: text("The pinned host key, `ssh-ed25519 AAAA…`."),
  stage: text("The stage that the server belongs to."),
});

/** Somebody who may log in on the servers. */
const operator = z.object({
  name: text("Their name."),
  publicKey: text("Their public key, `ssh-ed25519 AAAA…`."),
});

/** The registry of the site. */
const registry = z.object({
  address: text("`<name>:<port>`. Absent before the phase setup-hosts.").optional(),
  certificateEnd: text("When its certificate ends, ISO 8601 in UTC.").optional(),
});

/**
 * All outputs of a hive stack, by name. Outputs that it does not name are left out, so that a
 * program reads the stacks of every later minor version.
 */
export const hiveOutputs = z
  .object({
    outputsVersion: text(
      "Version of these outputs, `<major>.<minor>`. A minor version adds some; a major one removes or changes some.",
    ),
    stage: z
      .enum(["private", "staging", "production"])
      .meta({ description: "The stage that the stack is." }),
    site: text("Name of the site."),
    phases: texts("The phases that the last run went through, in order."),
    hosts: z.array(host.readonly()).readonly().meta({
      description: "The servers, in index order.",
    }),
    services: z.record(z.string(), service.readonly()).readonly().meta({
      description: "The services that run, by name.",
    }),
    images: z.record(z.string(), image.readonly()).readonly().meta({
      description: "The images that the site builds, by name.",
    }),
    registry: registry.readonly().meta({
      description: "The registry. Empty before the phase setup-hosts.",
    }),
    operators: z.array(operator.readonly()).readonly().meta({
      description: "Who may log in on the servers as the admin user.",
    }),
    access: z.array(access.readonly()).readonly().meta({
      description:
        "How the `hive` command reaches the servers, in index order. It holds no private key and no path of one.",
    }),
  })
  .readonly();

/** What a hive stack says about its site. Names are stable; nothing in it is secret. */
export type HiveOutputs = z.output<typeof hiveOutputs>;
/** A server. */
export type HostOutput = HiveOutputs["hosts"][number];
/** A service of the Swarm. */
export type ServiceOutput = HiveOutputs["services"][string];
/** An image that the site builds. */
export type ImageOutput = HiveOutputs["images"][string];
