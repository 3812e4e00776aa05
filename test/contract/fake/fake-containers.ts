import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";

import { type EngineAnswer, type EngineRequest, type FakeHost, startFakeHost } from "./fake-host";

/** A command that ran in a container, as the engine got it. */
export interface FakeRun {
  /** Name of the host. */
  readonly host: string;
  readonly command: readonly string[];
  readonly user: string;
  readonly stdin: string;
}

/** How a command ends; undefined: its container goes away under it. */
export type FakeProgram = (
  run: FakeRun,
) => { readonly code: number; readonly output?: string } | undefined;

/** A config object as an engine keeps it. */
export interface FakeConfig {
  readonly ID: string;
  readonly Spec: {
    readonly Name: string;
    readonly Labels: Record<string, string>;
    readonly Data: string;
  };
}

/**
 * Hosts of one Swarm with one service of one task, in whose container commands run, and with config
 * objects.
 */
export interface FakeContainers {
  readonly hosts: readonly FakeHost[];
  readonly serviceId: string;
  readonly runs: readonly FakeRun[];
  readonly configs: FakeConfig[];
  /** Name of the host that runs the task; undefined while none does. */
  place: string | undefined;
  /** What commands do. */
  program: FakeProgram;
  stop(): Promise<void>;
}

/** Starts the hosts; the task is on the first one. */
export async function startFakeContainers(names: readonly string[]): Promise<FakeContainers> {
  const serviceId = randomBytes(13).toString("hex").slice(0, 25);
  const runs: FakeRun[] = [];
  const configs: FakeConfig[] = [];
  const execs = new Map<string, { command: string[]; user: string; code: number | undefined }>();
  const ok = (body?: unknown): EngineAnswer => ({ status: 200, body });
  const refuse = (status: number, message: string): EngineAnswer => ({ status, body: { message } });

  const answer = (hostname: string, { method, path, query, body }: EngineRequest): EngineAnswer => {
    const [, room = "", id = "", verb = ""] = path.split("/");
    if (path === "/info")
      return ok({ Swarm: { NodeID: hostname, LocalNodeState: "active", ControlAvailable: true } });
    if (room === "nodes") {
      return ok(
        names.map((name) => ({
          ID: name,
          Description: { Hostname: name },
          Status: { State: "ready" },
        })),
      );
    }
    if (room === "tasks") {
      const running = {
        ID: "task",
        NodeID: made.place,
        DesiredState: "running",
        CreatedAt: "2026-11-25T10:00:00Z",
        Status: { State: "running", ContainerStatus: { ContainerID: `on-${made.place}` } },
      };
      return ok(made.place === undefined ? [] : [running]);
    }
    if (room === "configs" && id === "create") {
      const spec = body as FakeConfig["Spec"];
      if (configs.some(({ Spec }) => Spec.Name === spec.Name)) return refuse(409, "name conflicts");
      configs.push({ ID: randomBytes(8).toString("hex"), Spec: spec });
      return { status: 201, body: { ID: configs.at(-1)?.ID } };
    }
    if (room === "configs" && method === "DELETE") {
      const index = configs.findIndex(({ ID }) => ID === id);
      if (index < 0) return refuse(404, `config ${id} not found`);
      configs.splice(index, 1);
      return { status: 204 };
    }
    if (room === "configs") {
      const { label: wanted } = JSON.parse(query.get("filters") ?? "{}") as { label: string[] };
      const fits = (config: FakeConfig, text: string): boolean => {
        const [key = "", value] = text.split("=");
        const label = config.Spec.Labels[key];
        return label !== undefined && (value === undefined || label === value);
      };
      return ok(configs.filter((config) => wanted.every((text) => fits(config, text))));
    }
    if (room === "containers" && made.place !== hostname)
      return refuse(404, `no such container ${id}`);
    if (room === "containers" && verb === "exec") {
      const { Cmd: command, User: user = "" } = body as { Cmd: string[]; User?: string };
      const exec = randomBytes(8).toString("hex");
      execs.set(exec, { command, user, code: undefined });
      return { status: 201, body: { Id: exec } };
    }
    if (room === "containers") return ok({ State: { Running: true }, ExecIDs: null });
    const exec = execs.get(id);
    if (room === "exec" && exec !== undefined) {
      return ok({
        Running: exec.code === undefined,
        ExitCode: exec.code ?? null,
        Pid: 4242,
        ProcessConfig: { entrypoint: exec.command[0], arguments: exec.command.slice(1) },
      });
    }
    return refuse(404, `page not found: ${method} ${path}`);
  };

  const start = async (hostname: string, path: string, connection: Duplex): Promise<void> => {
    const exec = execs.get(path.split("/")[2] ?? "");
    if (exec === undefined) return;
    // A real command may read to the end of its input too: without that end it would wait for ever.
    // (Not read by iteration, which would close the other direction as well.)
    const input: Buffer[] = [];
    connection.on("data", (chunk: Buffer) => input.push(chunk));
    const ended = new Promise((resolve) => connection.once("end", resolve));
    connection.resume();
    await ended;
    const stdin = Buffer.concat(input).toString();
    const run = { host: hostname, command: exec.command, user: exec.user, stdin };
    runs.push(run);
    const end = made.program(run);
    exec.code = end?.code ?? 137;
    const output = Buffer.from(end?.output ?? "");
    const header = Buffer.alloc(8);
    header.writeUInt8(1, 0);
    header.writeUInt32BE(output.length, 4);
    connection.end(Buffer.concat([header, output]));
  };

  const hosts = await Promise.all(
    names.map((name) =>
      startFakeHost(
        name,
        (request) => answer(name, request),
        undefined,
        (path, connection) => void start(name, path, connection),
      ),
    ),
  );
  const made: FakeContainers = {
    hosts,
    serviceId,
    runs,
    configs,
    place: names[0],
    program: () => ({ code: 0 }),
    async stop() {
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
  return made;
}
