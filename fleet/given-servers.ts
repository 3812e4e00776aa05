import type { PreparedOptions } from "./prepared/options";

/** The stage's own description of a server that exists before hive uses it. */
export interface GivenServer {
  /** The address inside the stage's network. */
  readonly privateAddress: string;
  /** Its SSH host key. */
  readonly hostKey: string;
  /** Its other addresses, if they differ. */
  readonly otherAddresses: readonly string[];
  /** Port of its SSH daemon; absent: the stage's. */
  readonly sshPort?: number;
  /** Block devices for replicated volumes, by the volumes' names. */
  readonly devices: Readonly<Record<string, string>>;
  /** Absent: assigned by the index. */
  readonly zone?: string;
}

/** The servers that a stage gives, by their logical names (`hive0`). */
export interface GivenServers {
  /** Their key in the stage's file, without the prefix `hive:`: `prepared.hosts`. */
  readonly key: string;
  readonly servers: Readonly<Record<string, GivenServer>>;
}

/**
 * The servers that a stage gives; undefined for fleets that create their servers and assign the
 * addresses. Pure.
 */
export function givenServers(config: {
  readonly prepared?: PreparedOptions | undefined;
}): GivenServers | undefined {
  const { prepared } = config;
  if (prepared === undefined) return undefined;
  const servers = Object.entries(prepared.hosts).map(([name, host]) => {
    const privateAddress = host.privateAddress ?? host.address;
    const others = [host.address, host.publicAddress ?? host.address];
    const given: GivenServer = {
      privateAddress,
      hostKey: host.hostKey,
      devices: host.devices,
      otherAddresses: [...new Set(others)].filter((each) => each !== privateAddress),
      ...(host.port === undefined ? {} : { sshPort: host.port }),
      ...(host.zone === undefined ? {} : { zone: host.zone }),
    };
    return [name, given] as const;
  });
  return { key: "prepared.hosts", servers: Object.fromEntries(servers) };
}
