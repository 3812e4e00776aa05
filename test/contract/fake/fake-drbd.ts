import { createHash } from "node:crypto";
import type { VolumeStep } from "../../../model/volume/drbd/next-step";
import type { ReplicaReport } from "../../../model/volume/drbd/replica-report";
import type { ResourceStatus } from "../../../model/volume/drbd/status";
import { ClusterModel } from "../../drbd/cluster-model";
import { type FakeHost, startFakeHost } from "./fake-host";

/** Servers with a volume on DRBD that answer over SSH, with the model of a cluster behind them. */
export interface FakeDrbd {
  readonly cluster: ClusterModel;
  readonly hosts: readonly FakeHost[];
  /** What changed something, as `hive0 up`, in order. */
  readonly changes: string[];
  /** By server, the resource file that was written there. */
  readonly files: Map<string, string>;
  stop(): Promise<void>;
}

export async function startFakeDrbd(
  names: readonly string[],
  diskBytes: number,
): Promise<FakeDrbd> {
  const cluster = new ClusterModel(names, diskBytes);
  const changes: string[] = [];
  const files = new Map<string, string>();
  const answer = (name: string, stdin: string): string => {
    const end = stdin.indexOf("\n");
    const [verb = "", argument = ""] = stdin.slice(0, end).split(" ");
    const host = cluster.hosts.find((one) => one.name === name);
    if (host === undefined) throw new Error(`There is no ${name}.`);
    if (verb === "look") {
      const file = files.get(name);
      const hash = createHash("sha256").update(file ?? "");
      host.file =
        file === undefined ? "absent" : hash.digest("hex") === argument ? "same" : "other";
    }
    const report = cluster.reports().get(name);
    if (report === undefined) throw new Error(`${name} does not answer.`);
    if (verb === "look") return printedLook(report);
    if (verb === "filesystem") return printedFilesystem(report);
    changes.push(`${name} ${verb}`);
    if (verb === "remove") {
      Object.assign(host, { content: "blank", isUp: false });
      files.delete(name);
      return "";
    }
    if (verb === "write-file") {
      files.set(name, stdin.slice(end + 1));
      cluster.run({ kind: "write-file", hosts: [name] });
    } else cluster.run({ kind: verb, host: name } as VolumeStep);
    return "";
  };
  const hosts = await Promise.all(
    names.map((name) =>
      startFakeHost(name, undefined, (_, stdin) => {
        try {
          return { code: 0, stdout: answer(name, stdin) };
        } catch (error) {
          return { code: 1, stderr: String(error) };
        }
      }),
    ),
  );
  return {
    ...{ cluster, hosts, changes, files },
    stop: async () => {
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
}

function printedLook({ backing, file, isAdjusted, status }: ReplicaReport): string {
  const content = backing?.content;
  return [
    ...(backing === undefined ? [] : [`size ${backing.sizeBytes}`]),
    ...(content === undefined
      ? []
      : [`content ${content.kind}${content.kind === "other" ? ` ${content.words}` : ""}`]),
    `file ${file}`,
    ...(isAdjusted ? ["adjusted"] : []),
    `status ${status === undefined ? 10 : 0}`,
    JSON.stringify(status === undefined ? [] : [printedStatus(status)]),
    "",
  ].join("\n");
}

function printedStatus(status: ResourceStatus): object {
  return {
    name: status.name,
    "node-id": status.nodeId,
    role: status.role,
    devices: [
      { "disk-state": status.disk, quorum: status.hasQuorum, size: status.sizeBytes / 1024 },
    ],
    connections: status.connections.map((peer) => ({
      "peer-node-id": peer.nodeId,
      name: peer.name,
      "connection-state": peer.connection,
      "peer-role": peer.role,
      peer_devices: [{ "replication-state": peer.replication, "peer-disk-state": peer.disk }],
    })),
  };
}

function printedFilesystem({ filesystem }: ReplicaReport): string {
  const { type = "", sizeBytes = 0 } = filesystem ?? {};
  return type === ""
    ? "found 2\n\n"
    : `found 0\nTYPE=${type}\nFSLASTBLOCK=${sizeBytes / 4096}\nFSBLOCKSIZE=4096\n`;
}
