import { drbdKeywords, type DrbdOptions, type DrbdSection } from "../../model/volume/drbd/keywords";

/** A server with a copy of the volume. */
export interface DrbdReplica {
  /** As `uname -n` prints it there: DRBD finds its own section by it. */
  readonly name: string;
  readonly nodeId: number;
  /** IPv4 address among the servers. */
  readonly address: string;
  /** Path of its disk, by id. */
  readonly disk: string;
}

/** A resource of DRBD: one volume. */
export interface ResourceFile {
  /** The volume's name. */
  readonly name: string;
  /** N of /dev/drbdN. */
  readonly minor: number;
  /** TCP port, the same on all servers. */
  readonly port: number;
  /** What both ends of a connection know: at most 64 letters and digits (drbd.conf-9.0). */
  readonly secret: string;
  readonly options: DrbdOptions;
  readonly replicas: readonly DrbdReplica[];
}

/**
 * The resource file of a volume, the same on all servers. It holds the volume's secret: who may
 * read it may pretend to be a server. The order of servers is that of their node ids.
 *
 * @throws Error when a text could end its quotation; names and paths come from hive itself
 */
export function drbdResourceFile(resource: ResourceFile): string {
  const { name, minor, port, secret, options } = resource;
  const replicas = [...resource.replicas].sort((left, right) => left.nodeId - right.nodeId);
  return [
    "# Written by hive; what is changed here is written anew.",
    `resource ${quoted(name)} {`,
    ...section("options", options),
    ...section("disk", options),
    ...section("net", options, [`shared-secret ${quoted(secret)};`]),
    ...replicas.flatMap((replica) => [
      `  on ${quoted(replica.name)} {`,
      `    node-id ${replica.nodeId};`,
      `    address ipv4 ${replica.address}:${port};`,
      "    volume 0 {",
      `      device minor ${minor};`,
      `      disk ${quoted(replica.disk)};`,
      "      meta-disk internal;",
      "    }",
      "  }",
    ]),
    "  connection-mesh {",
    `    hosts ${replicas.map((replica) => quoted(replica.name)).join(" ")};`,
    "  }",
    "}",
    "",
  ].join("\n");
}

function section(
  name: DrbdSection,
  options: DrbdOptions,
  more: readonly string[] = [],
): readonly string[] {
  const lines = Object.entries(drbdKeywords)
    .filter(([, keyword]) => keyword.section === name)
    .map(([key]) => `${key} ${options[key as keyof DrbdOptions]};`);
  return [`  ${name} {`, ...[...lines, ...more].map((line) => `    ${line}`), "  }"];
}

/** DRBD's files have no way to write a quotation mark. */
function quoted(text: string): string {
  if (!/^[\w./:@+-]+$/.test(text))
    throw new Error(
      "A name, path or secret of a volume has a character that DRBD's files cannot hold.",
    );
  return `"${text}"`;
}
