import type { ImageAge } from "../status/report";
import type { Answer } from "./answer";

/** What an audit knows of a stage: plain data, for {@link judgeAudit}. */
export interface AuditFacts {
  readonly stage: string;
  readonly site: string;
  /** `<name>:<port>` of the stage's registry, the beginning of its images' references. */
  readonly registry: string;
  /** Keys of those who may log in: `ssh-ed25519 AAAA…`, without a comment. */
  readonly operatorKeys: readonly string[];
  /** In index order. */
  readonly servers: readonly ServerFacts[];
  /** What the stage is meant to be. */
  readonly wanted: WantedFacts;
  /** What the Swarm says; a reason when no manager answered. */
  readonly swarm: Answer<SwarmState>;
  /** The end of the registry's certificate in the outputs, ISO 8601; absent: none is known. */
  readonly certificateEnd?: string;
  /** Images on the repository server that builds start from; those whose age is known. */
  readonly baseImages: readonly Pick<ImageAge, "name" | "days">[];
  /** Files of this clone that others may use. */
  readonly localFiles: readonly LocalFile[];
}

/** What the stage is meant to be, from its state and, if the site can be planned, its plan. */
export interface WantedFacts {
  /** TCP ports that services publish on the cluster servers. */
  readonly publishedPorts: readonly number[];
  readonly registryPort: number;
  /** Absent: the site cannot be planned now, so what depends on it is not judged. */
  readonly plan?: PlannedFacts;
}

/** What only the plan knows. */
export interface PlannedFacts {
  /** Network of the servers, as CIDR. */
  readonly network: string;
  readonly sshPort: number;
  /** Whether networks of services are encrypted between servers. */
  readonly encryptsNetworks: boolean;
  /** Whether the servers have packages and their lists from their distribution at run time. */
  readonly updatesPackages: boolean;
  /** Names in the Swarm of networks that the site uses and does not make. */
  readonly externalNetworks: readonly string[];
  /** By name. */
  readonly services: Readonly<Record<string, PlannedRights>>;
  /** Capabilities that the registry's container keeps. */
  readonly registryCapabilities: readonly string[];
  /** Whether programs in containers of cluster servers may gain rights, for some service. */
  readonly newPrivileges: boolean;
}

/** The rights of a service in the plan. */
export interface PlannedRights {
  /** As in capabilities(7), without `CAP_`. */
  readonly capabilities: readonly string[];
  readonly rootOnServers: boolean;
}

/** A server and what it answered. */
export interface ServerFacts {
  readonly name: string;
  readonly role: "cluster" | "repository";
  /** The admin user. */
  readonly user: string;
  /** Port at which this computer dials it. */
  readonly port: number;
  readonly probe: Answer<ServerProbe>;
  /** Ports that answered this computer. Absent: it was not asked. */
  readonly open?: readonly OpenPort[];
  /** Ports that answered a container. Absent: there was no container to ask from. */
  readonly openToContainers?: readonly string[];
}

/** A TCP port that answered. */
export interface OpenPort {
  readonly port: number;
  /** Address of this computer on the connection. */
  readonly from: string;
}

/** What a server says of itself. */
export interface ServerProbe {
  /** Parts of the questions that failed there, by name. */
  readonly failed: readonly string[];
  /** TCP ports at which something listens for others than the server itself. */
  readonly listening: readonly number[];
  /** `keyword value` as `sshd -T` prints them: for the admin user, and for root. */
  readonly sshd: readonly string[];
  readonly sshdForRoot: readonly string[];
  /** `file:line:text` of Match blocks. */
  readonly sshdMatches: readonly string[];
  readonly keys: readonly { readonly file: string; readonly line: string }[];
  readonly accounts: readonly Account[];
  readonly groups: readonly { readonly group: string; readonly member: string }[];
  readonly sudoRules: readonly { readonly file: string; readonly line: string }[];
  /** Certificates of the authority that its Docker Engine trusts for the registry. */
  readonly authorities: readonly CertificateFacts[];
  /** The certificate that the registry presents; on the repository server. */
  readonly registryCertificate?: CertificateFacts;
  /** Files of hive in the system's certificate store. */
  readonly storeFiles: readonly string[];
  readonly containers: readonly ContainerFacts[];
  readonly networks: readonly NetworkFacts[];
  /** When the Swarm's own settings, join tokens among them, changed last, ISO 8601. */
  readonly swarmUpdatedAt?: string;
  readonly files: readonly FileFacts[];
  /** Packages that would be upgraded; `security`: some of them by the security archive. */
  readonly updates: readonly { readonly name: string; readonly security: boolean }[];
  /** When the lists of packages were fetched, seconds since 1970. Absent: there are none. */
  readonly listsFetchedAt?: number;
  /** Whether it runs what an upgrade has replaced, until it is rebooted. */
  readonly rebootWaits: boolean;
  /** Answer of `systemctl is-active` for the firewall's unit. */
  readonly firewallUnit: string;
  /** Whether the chain of the complete rules is loaded, and `input` drops what is not named. */
  readonly firewallLoaded: boolean;
  readonly firewallDrops: boolean;
}

/** A certificate. */
export interface CertificateFacts {
  readonly subject: string;
  /** ISO 8601 in UTC. */
  readonly end: string;
}

/** A user of a server. */
export interface Account {
  readonly name: string;
  readonly id: number;
  readonly shell: string;
  /** `none`: no password opens it. */
  readonly password: "none" | "set" | "empty";
}

/** A running container. */
export interface ContainerFacts {
  readonly name: string;
  /** As it was started, e.g. `registry.hive.example:5000/web@sha256:…`. */
  readonly image: string;
  /** When the image was built, ISO 8601; absent: unknown. */
  readonly built?: string;
  /** Of a task of the Swarm; absent: it says that it is none. */
  readonly task?: string;
  readonly service?: string;
  readonly privileged: boolean;
  /** Namespaces of the host that it is in: `pid`, `network`, `ipc`, `uts`. */
  readonly hostNamespaces: readonly string[];
  /** Added to Docker's default set, without `CAP_`. */
  readonly capabilities: readonly string[];
  /** Folders and files of the server that it sees. */
  readonly binds: readonly {
    readonly source: string;
    readonly target: string;
    readonly readOnly: boolean;
  }[];
  /** TCP ports of the server that lead to it. */
  readonly ports: readonly number[];
  /** Whether its first program can gain no rights; absent: it ended meanwhile. */
  readonly noNewPrivileges?: boolean;
}

/** A network of the Swarm. */
export interface NetworkFacts {
  readonly name: string;
  readonly driver: string;
  readonly encrypted: boolean;
  /** Its label `hive.site`; absent: none. */
  readonly site?: string;
  /** The Swarm's own, for published ports. */
  readonly ingress: boolean;
}

/** A file, folder or socket of a server. */
export interface FileFacts {
  readonly path: string;
  /** Permissions as a number. */
  readonly mode: number;
  readonly user: string;
  readonly group: string;
  /** As `find` names it: `f`, `d`, `l`, `s`. */
  readonly kind: string;
}

/** A file or folder of this clone. */
export interface LocalFile {
  readonly path: string;
  readonly mode: number;
}

/** What a manager of the Swarm says. */
export interface SwarmState {
  readonly taskIds: readonly string[];
  readonly services: readonly {
    readonly name: string;
    /** Its label `hive.site`; absent: none. */
    readonly site?: string;
  }[];
}
