import type * as pulumi from "@pulumi/pulumi";
import type { HostRole, OperatorPlan, StageName } from "../model/plan";
import type { ImageRelease } from "../model/image/releases";
import type { Phase } from "../model/phases";
import type { HostAccess } from "../providers/transport/host-access";

/**
 * The outputs of a stack for other teams and the `hive` command. Names are stable; nothing in it is
 * secret. Read it with a `StackReference` or `pulumi stack output --json`.
 */
export interface HiveOutputs {
  readonly stage: StageName;
  readonly site: string;
  /** The phases that the last run went through. */
  readonly phases: readonly Phase[];
  readonly hosts: readonly HostOutput[];
  /** By service name. */
  readonly services: Readonly<Record<string, ServiceOutput>>;
  /** Images that the site builds, by name. */
  readonly images: Readonly<Record<string, ImageOutput>>;
  /** Empty before the phase setup-hosts. */
  readonly registry: {
    readonly address?: string;
    /** When its certificate ends, ISO 8601 in UTC; `up` renews it 120 days before. */
    readonly certificateEnd?: string;
  };
  /** Who may log in on the hosts as the admin user. */
  readonly operators: readonly OperatorPlan[];
  /** How the `hive` command reaches the hosts, in index order. */
  readonly access: readonly HostAccess[];
}

/** The same, as the program exports it: one output for each name. */
export type StackOutputs = {
  readonly [Name in keyof HiveOutputs]: pulumi.Output<HiveOutputs[Name]>;
};

/** A server. */
export interface HostOutput {
  readonly name: string;
  readonly role: HostRole;
  readonly zone: string;
  readonly privateAddress: string;
  readonly publicAddress: string;
  /**
   * Work that is still to be done there, because the host did not answer in the last run:
   * `base and firewall`, `image web`. The first run that reaches the host does it. Empty for a host
   * in the wanted state.
   */
  readonly missing: readonly string[];
}

/** An image that the site builds. */
export interface ImageOutput {
  /** The reference that services of the stage use now, by digest. */
  readonly reference: string;
  /** The releases that the stage has built and still keeps, newest first. */
  readonly releases: readonly ImageRelease[];
}

/** A service of the Swarm. */
export interface ServiceOutput {
  /** Reference by digest. */
  readonly image: string;
  /** `sha256:…`; empty for a reference without a digest. */
  readonly digest: string;
  /** URLs or `<protocol>://<address>:<port>`, each of which answers. */
  readonly endpoints: readonly string[];
  /**
   * More of them, of ports in host mode of a service that runs on some of these hosts only: those
   * answer whose host runs a task, and tasks move. `hive status` knows which ones answer now.
   */
  readonly movingEndpoints: readonly string[];
  /** URLs of its routes at each cluster host. Absent: it has none. */
  readonly routes?: readonly string[];
}
