import { type EngineAnswer, type EngineRequest, type FakeHost, startFakeHost } from "./fake-host";

/** A volume as `GET /volumes/<name>` shows it. */
export interface FakeVolume {
  readonly Name: string;
  readonly Driver: string;
  readonly Options: Record<string, string> | null;
  readonly Labels: Record<string, string> | null;
}

/** A host whose engine answers as Docker Engine 20.10 does, as far as volumes are asked about. */
export interface FakeVolumeHost extends FakeHost {
  readonly volumes: FakeVolume[];
  /** Names of volumes that containers use. */
  readonly used: Set<string>;
  /** Requests that change something. */
  writes(): string[];
}

/** Starts a host without volumes, with the driver `local` and those that are named. */
export async function startFakeVolumeHost(
  name: string,
  drivers: readonly string[] = [],
): Promise<FakeVolumeHost> {
  const volumes: FakeVolume[] = [];
  const used = new Set<string>();
  const refuse = (status: number, message: string): EngineAnswer => ({ status, body: { message } });

  const create = (body: Record<string, unknown>): EngineAnswer => {
    const driver = String(body["Driver"]);
    if (!["local", ...drivers].includes(driver)) {
      return refuse(
        404,
        `create ${String(body["Name"])}: error looking up volume plugin ${driver}: plugin "${driver}" not found`,
      );
    }
    const volume: FakeVolume = {
      Name: String(body["Name"]),
      Driver: driver,
      Options: body["DriverOpts"] as Record<string, string>,
      Labels: body["Labels"] as Record<string, string>,
    };
    volumes.push(volume);
    return { status: 201, body: volume };
  };
  const answer = ({ method, path, body }: EngineRequest): EngineAnswer => {
    if (path === "/volumes/create") return create(body as Record<string, unknown>);
    const wanted = decodeURIComponent(path.replace(/^\/volumes\//, ""));
    const volume = volumes.find(({ Name }) => Name === wanted);
    if (volume === undefined) return refuse(404, `get ${wanted}: no such volume`);
    if (method !== "DELETE") return { status: 200, body: volume };
    if (used.has(wanted)) return refuse(409, `remove ${wanted}: volume is in use - [4f2a]`);
    volumes.splice(volumes.indexOf(volume), 1);
    return { status: 204 };
  };
  const host = await startFakeHost(name, answer);
  return Object.assign(Object.create(host) as FakeHost, {
    volumes,
    used,
    writes: () => host.requests.filter((request) => !request.startsWith("GET ")),
  });
}
