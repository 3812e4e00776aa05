import { randomBytes } from "node:crypto";

import { type EngineAnswer, type EngineRequest, type FakeHost, startFakeHost } from "./fake-host";

/** A network as `GET /networks/<id>` shows it. */
export interface FakeNetwork {
  readonly Id: string;
  readonly Name: string;
  Scope: string;
  Driver: string;
  Options: Record<string, string> | null;
  Labels: Record<string, string> | null;
  IPAM: { Config: { Subnet: string; Gateway?: string }[] | null };
  Attachable: boolean;
  Internal: boolean;
  /** `null` of what the Swarm holds; an object of what a host has itself. */
  Containers: object | null;
}

/** A secret or config as `GET /secrets/<id>` shows it; the data of secrets are kept back. */
export interface FakeObject {
  readonly ID: string;
  Version: { Index: number };
  Spec: { Name: string; Labels: Record<string, string>; Data?: string; Templating?: object };
}

/**
 * Managers whose engines answer as Docker Engine 20.10 does, as far as networks, secrets and
 * configs are asked about.
 */
export interface FakeSwarmObjects {
  readonly hosts: readonly FakeHost[];
  readonly networks: FakeNetwork[];
  readonly secrets: FakeObject[];
  readonly configs: FakeObject[];
  /** Makes a service use what has this id, or nothing any more. */
  use(id: string, service: string | undefined): void;
  /** Requests of all hosts that change something, with ids written as `…`. */
  writes(): string[];
  /** SSH connections of all hosts so far. */
  connections(): number;
  stop(): Promise<void>;
}

/** Starts managers of a Swarm that has nothing in it but the bridge network of each host. */
export async function startFakeSwarmObjects(names: readonly string[]): Promise<FakeSwarmObjects> {
  const newId = (): string => randomBytes(13).toString("hex").slice(0, 25);
  const users = new Map<string, string>();
  const networks: FakeNetwork[] = [
    {
      Id: newId(),
      Name: "bridge",
      Scope: "local",
      Driver: "bridge",
      Options: {},
      Labels: {},
      IPAM: { Config: [{ Subnet: "172.16.0.0/22" }] },
      Attachable: false,
      Internal: false,
      Containers: {},
    },
  ];
  const objects: Record<"secrets" | "configs", FakeObject[]> = { secrets: [], configs: [] };
  let version = 10;
  let ranges = 0;
  const ok = (body?: unknown): EngineAnswer => ({ status: 200, body });
  const refuse = (status: number, message: string): EngineAnswer => ({ status, body: { message } });

  const createNetwork = (body: Record<string, unknown>): EngineAnswer => {
    const name = String(body["Name"]);
    if (networks.some(({ Name, Containers }) => Name === name && Containers === null)) {
      return refuse(
        409,
        `rpc error: code = AlreadyExists desc = network ${name} is already present in cluster`,
      );
    }
    const asked = body["IPAM"] as { Config: { Subnet: string; Gateway?: string }[] } | undefined;
    const subnet = `10.224.${ranges++}.0`;
    const network: FakeNetwork = {
      Id: newId(),
      Name: name,
      Scope: "swarm",
      Driver: String(body["Driver"]),
      Options: {
        ...(body["Options"] as Record<string, string>),
        "com.docker.network.driver.overlay.vxlanid_list": String(4096 + ranges),
      },
      Labels: body["Labels"] as Record<string, string>,
      IPAM: {
        Config: (asked?.Config ?? [{ Subnet: `${subnet}/24` }]).map(({ Subnet, Gateway }) => ({
          Subnet,
          Gateway: Gateway ?? Subnet.replace(/0\/\d+$/, "1"),
        })),
      },
      Attachable: body["Attachable"] === true,
      Internal: body["Internal"] === true,
      Containers: null,
    };
    networks.push(network);
    return { status: 201, body: { Id: network.Id, Warning: "" } };
  };

  const answerObject = (
    kind: "secrets" | "configs",
    { method, query, body }: EngineRequest,
    id: string,
    verb: string,
  ): EngineAnswer => {
    const all = objects[kind];
    const shown = ({ Spec, ...rest }: FakeObject): object => {
      const { Data, ...open } = Spec;
      return { ...rest, Spec: kind === "secrets" ? open : { ...open, Data } };
    };
    if (id === "") return ok(all.map(shown));
    if (id === "create") {
      const spec = body as FakeObject["Spec"];
      if (all.some(({ Spec }) => Spec.Name === spec.Name)) {
        return refuse(409, `rpc error: code = AlreadyExists desc = ${spec.Name} already exists`);
      }
      const object = { ID: newId(), Version: { Index: version++ }, Spec: spec };
      all.push(object);
      return { status: 201, body: { ID: object.ID } };
    }
    const object = all.find(({ ID }) => ID === id);
    if (object === undefined) return refuse(404, `${kind.slice(0, -1)} ${id} not found`);
    if (method === "DELETE") {
      const user = users.get(id);
      if (user !== undefined) {
        return refuse(
          400,
          `rpc error: code = InvalidArgument desc = ${kind.slice(0, -1)} '${object.Spec.Name}' is in use by the following service: ${user}`,
        );
      }
      all.splice(all.indexOf(object), 1);
      return { status: 204 };
    }
    if (verb === "update") {
      if (Number(query.get("version")) !== object.Version.Index) {
        return refuse(500, "rpc error: code = Unknown desc = update out of sequence");
      }
      object.Version = { Index: version++ };
      object.Spec = { ...object.Spec, Labels: (body as FakeObject["Spec"]).Labels };
    }
    return ok(shown(object));
  };

  const answer = (request: EngineRequest): EngineAnswer => {
    const { method, path, body } = request;
    const [, room = "", id = "", verb = ""] = path.split("/");
    if (path === "/info") {
      const Cluster = { ID: "cluster", DefaultAddrPool: ["10.224.0.0/16"] };
      return ok({
        Swarm: { NodeID: "node", LocalNodeState: "active", ControlAvailable: true, Cluster },
      });
    }
    if (room === "nodes") return ok([]);
    if (room === "secrets" || room === "configs") return answerObject(room, request, id, verb);
    if (room !== "networks") return refuse(404, `page not found: ${method} ${path}`);
    if (id === "") {
      const wanted = JSON.parse(request.query.get("filters") ?? "{}") as Record<string, string[]>;
      const passes = (filter: string, value: string): boolean =>
        wanted[filter]?.includes(value) ?? true;
      return ok(networks.filter(({ Id, Scope }) => passes("id", Id) && passes("scope", Scope)));
    }
    if (id === "create") return createNetwork(body as Record<string, unknown>);
    const network = networks.find(({ Id }) => Id === id);
    if (network === undefined) return refuse(404, `network ${id} not found`);
    if (method === "DELETE") {
      if (network.Containers !== null) return refuse(500, `network ${id} not found`);
      const user = users.get(id);
      if (user !== undefined) {
        return refuse(
          400,
          `rpc error: code = FailedPrecondition desc = network ${id} is in use by service ${user}`,
        );
      }
      networks.splice(networks.indexOf(network), 1);
      return { status: 204 };
    }
    return ok(network);
  };

  const hosts = await Promise.all(names.map((name) => startFakeHost(name, answer)));
  return {
    hosts,
    networks,
    secrets: objects.secrets,
    configs: objects.configs,
    use(id, service) {
      if (service === undefined) users.delete(id);
      else users.set(id, service);
    },
    writes: () =>
      hosts.flatMap(({ requests }) =>
        requests
          .filter((line) => !line.startsWith("GET"))
          .map((line) => line.replace(/\/[0-9a-f]{25}/, "/…")),
      ),
    connections: () => hosts.reduce((sum, host) => sum + host.connections, 0),
    async stop() {
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
}
