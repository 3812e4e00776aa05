/** A network, as `GET /networks` lists it. */
export interface EngineNetwork {
  readonly Id: string;
  readonly Name: string;
  /** `swarm` for networks of the whole Swarm. */
  readonly Scope: string;
  readonly Driver: string;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly IPAM?: {
    readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null;
  } | null;
  readonly Attachable?: boolean;
  readonly Internal?: boolean;
  /** An object for a host's own network or copy, `null` for a network from the Swarm. */
  readonly Containers?: object | null;
}
