/** A secret or a config of the Swarm, as `GET /secrets` and `GET /configs` list them. */
export interface EngineSwarmObject {
  readonly ID: string;
  /** RFC 3339. */
  readonly CreatedAt?: string;
  readonly Spec: EngineSwarmObjectSpec;
}

/** `SecretSpec` and `ConfigSpec` of the Engine API. */
export interface EngineSwarmObjectSpec {
  readonly Name: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  /** In base64. For a secret it is write-only. */
  readonly Data?: string;
  readonly Templating?: object;
}
