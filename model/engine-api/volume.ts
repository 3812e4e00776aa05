/** A volume of one Docker Engine, as `GET /volumes/<name>` returns it. */
export interface EngineVolume {
  readonly Driver: string;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
}
