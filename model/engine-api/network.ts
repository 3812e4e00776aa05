/** A network, as `GET /networks` lists it. */
export interface EngineNetwork {
  readonly Id: string;
  readonly Name: string;
  /** `swarm` for those of the whole Swarm. */
  readonly Scope: string;
  readonly Driver: string;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly IPAM?: {
    readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null;
  } | null;
  readonly Attachable?: boolean;
  readonly Internal?: boolean;
  /** An object in what a host has itself, `null` in what the Swarm holds. */
  readonly Containers?: object | null;
}
