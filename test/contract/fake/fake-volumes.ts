import { type EngineAnswer, type EngineRequest, type FakeHost, startFakeHost } from "./fake-host";

/** A volume as `GET /volumes/<name>` shows it. */
export interface FakeVolume {
  readonly Name: string;
  readonly Driver: string;
  readonly Options: Record<string, string> | null;
  readonly Labels: Record<string, string> | null;
}

/** A container that has a volume. */
export interface FakeHolder {
  readonly Id: string;
  readonly volume: string;
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** A host whose engine answers as Docker Engine 20.10 does, as far as volumes are asked about. */
export interface FakeVolumeHost extends FakeHost {
  readonly volumes: FakeVolume[];
  /** Names of volumes that containers use. */
  readonly used: Set<string>;
  /** Containers that have a volume; the engine removes none of these volumes. */
  readonly containers: FakeHolder[];
  /** Services of the Swarm by id, with the names of the volumes that they mount. */
  readonly services: Map<string, readonly string[]>;
  /**
   * How a manager answers for a volume that it does not have: it asks its Swarm (Docker Engine
   * 26.1).
   */
  stranger: EngineAnswer | undefined;
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
  const containers: FakeHolder[] = [];
  const services = new Map<string, readonly string[]>();
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
  const answer = ({ method, path, body, query }: EngineRequest): EngineAnswer => {
    if (path === "/volumes/create") return create(body as Record<string, unknown>);
    if (path === "/containers/json") {
      const { volume: names } = JSON.parse(query.get("filters") ?? "{}") as { volume: string[] };
      const found = containers.filter(({ volume }) => names.includes(volume));
      return { status: 200, body: found.map((each) => ({ ...each, Names: [`/${each.Id}`] })) };
    }
    const container = containers.find(({ Id }) => path === `/containers/${Id}`);
    if (container !== undefined) {
      if (container.State === "running")
        return refuse(409, "You cannot remove a running container");
      containers.splice(containers.indexOf(container), 1);
      return { status: 204 };
    }
    if (path.startsWith("/services/")) {
      const mounted = services.get(path.replace("/services/", ""));
      if (mounted === undefined) return refuse(404, "service not found");
      const Mounts = mounted.map((Source) => ({ Type: "volume", Source }));
      return { status: 200, body: { Spec: { TaskTemplate: { ContainerSpec: { Mounts } } } } };
    }
    const wanted = decodeURIComponent(path.replace(/^\/volumes\//, ""));
    const volume = volumes.find(({ Name }) => Name === wanted);
    if (volume === undefined && own.stranger !== undefined) return own.stranger;
    if (volume === undefined) return refuse(404, `get ${wanted}: no such volume`);
    if (method !== "DELETE") return { status: 200, body: volume };
    if (used.has(wanted) || containers.some(({ volume: held }) => held === wanted))
      return refuse(409, `remove ${wanted}: volume is in use - [4f2a]`);
    volumes.splice(volumes.indexOf(volume), 1);
    return { status: 204 };
  };
  const host = await startFakeHost(name, answer);
  const own: FakeVolumeHost = Object.assign(Object.create(host) as FakeHost, {
    volumes,
    used,
    containers,
    services,
    stranger: undefined,
    writes: () => host.requests.filter((request) => !request.startsWith("GET ")),
  });
  return own;
}
