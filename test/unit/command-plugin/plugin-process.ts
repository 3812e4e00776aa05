/**
 * Runs the command plugin the way the engine does: a launcher in a plugin folder elsewhere, started
 * with the address of an engine, spoken to over gRPC. The engine here only keeps what it is told.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceDefinition, sendUnaryData, ServerUnaryCall } from "@grpc/grpc-js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import {
  channelOptions,
  Empty,
  grpc,
  messages,
  toProperties,
  toStruct,
} from "../../../toolchain/plugins/command/protocol";
import { projectRoot } from "./project-root";

const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

/** Properties as the engine sends them, with its marks. */
export type Properties = Record<string, unknown>;

/** One message that the plugin sent to the engine. */
export interface LogLine {
  severity: number;
  urn: string;
  message: string;
  ephemeral: boolean;
}

export const severity = { debug: 0, info: 1, warning: 2, error: 3 };

/** What differs, by property path: the kind of change as the protocol names it. */
export interface Difference {
  changes: boolean;
  detailed: Record<string, string>;
  replaces: string[];
}

interface PluginClient {
  [method: string]: (
    request: unknown,
    callback: (error: Error | null, response: never) => void,
  ) => void;
}

/** A running plugin. */
export interface PluginProcess {
  child: ChildProcess;
  logs: LogLine[];
  pluginVersion: () => Promise<string>;
  schema: () => Promise<Record<string, unknown>>;
  configure: () => Promise<{ acceptsSecrets: boolean; supportsPreview: boolean }>;
  check: (
    urn: string,
    news: Properties,
  ) => Promise<{ inputs: Properties; failures: Array<{ property: string; reason: string }> }>;
  diff: (urn: string, olds: Properties, news: Properties) => Promise<Difference>;
  create: (
    urn: string,
    inputs: Properties,
    options?: RunOptions,
  ) => Promise<{ id: string; outputs: Properties }>;
  update: (
    urn: string,
    olds: Properties,
    news: Properties,
    options?: RunOptions,
  ) => Promise<Properties>;
  remove: (urn: string, state: Properties, options?: RunOptions) => Promise<void>;
  read: (
    urn: string,
    id: string,
    state: Properties,
  ) => Promise<{ id: string; outputs: Properties }>;
  run: (args: Properties) => Promise<Properties>;
  cancel: () => Promise<void>;
  stop: () => Promise<void>;
}

interface RunOptions {
  preview?: boolean;
  /** Seconds. */
  timeout?: number;
}

/** A urn of the given type, e.g. `command:remote:Command`. */
export function urnOf(type: string, name = "it"): string {
  return `urn:pulumi:dev::test::${type}::${name}`;
}

/** Starts the plugin and waits until it serves. Extra environment is added to this process's own. */
export async function startPlugin(
  environment: Record<string, string> = {},
): Promise<PluginProcess> {
  const logs: LogLine[] = [];
  const { EngineService } = fromSdk("./proto/engine_grpc_pb") as {
    EngineService: ServiceDefinition;
  };
  const engine = new grpc.Server();
  engine.addService(EngineService, {
    log: ({ request }: ServerUnaryCall<LogRequest, unknown>, callback: sendUnaryData<unknown>) => {
      logs.push({
        severity: request.getSeverity(),
        urn: request.getUrn(),
        message: request.getMessage(),
        ephemeral: request.getEphemeral(),
      });
      callback(null, new Empty());
    },
  });
  const enginePort = await new Promise<number>((resolve, reject) => {
    engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });

  const folder = mkdtempSync(join(tmpdir(), "hive-command-plugin-"));
  const launcher = join(folder, "pulumi-resource-command");
  const main = join(projectRoot, "toolchain", "plugins", "command", "main.js");
  writeFileSync(launcher, `#!/usr/bin/env node\nrequire(${JSON.stringify(main)});\n`);
  chmodSync(launcher, 0o755);
  const child = spawn(launcher, ["-v=1", `127.0.0.1:${enginePort}`], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("exit", (status) => reject(new Error(`the plugin ended with ${status}`)));
    child.stdout.once("data", (data: Buffer) => resolve(Number(data.toString())));
  });

  const { ResourceProviderClient } = fromSdk("./proto/provider_grpc_pb") as {
    ResourceProviderClient: new (
      address: string,
      credentials: unknown,
      options: object,
    ) => PluginClient & { close: () => void };
  };
  const client = new ResourceProviderClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
    channelOptions,
  );
  const call = <T>(method: string, request: unknown) =>
    new Promise<T>((resolve, reject) => {
      client[method]?.(request, (error, response) =>
        error === null ? resolve(response) : reject(error),
      );
    });

  return {
    child,
    logs,
    pluginVersion: async () => {
      const info = await call<PluginInfo>("getPluginInfo", new Empty());
      return info.getVersion();
    },
    schema: async () => {
      const request = new messages.GetSchemaRequest();
      const response = await call<InstanceType<typeof messages.GetSchemaResponse>>(
        "getSchema",
        request,
      );
      return JSON.parse(response.getSchema()) as Record<string, unknown>;
    },
    configure: async () => {
      const response = await call<InstanceType<typeof messages.ConfigureResponse>>(
        "configure",
        new messages.ConfigureRequest(),
      );
      return {
        acceptsSecrets: response.getAcceptsecrets(),
        supportsPreview: response.getSupportspreview(),
      };
    },
    check: async (urn, news) => {
      const request = new messages.CheckRequest();
      request.setUrn(urn);
      request.setNews(toStruct(news));
      const response = await call<InstanceType<typeof messages.CheckResponse>>("check", request);
      return {
        inputs: toProperties(response.getInputs()),
        failures: response.getFailuresList().map((each) => ({
          property: each.getProperty(),
          reason: each.getReason(),
        })),
      };
    },
    diff: async (urn, olds, news) => {
      const request = new messages.DiffRequest();
      request.setUrn(urn);
      request.setOlds(toStruct(olds));
      request.setOldInputs(toStruct(olds));
      request.setNews(toStruct(news));
      return differenceOf(await call<DiffResponse>("diff", request));
    },
    create: async (urn, inputs, { preview = false, timeout = 0 } = {}) => {
      const request = new messages.CreateRequest();
      request.setUrn(urn);
      request.setProperties(toStruct(inputs));
      request.setPreview(preview);
      request.setTimeout(timeout);
      const response = await call<InstanceType<typeof messages.CreateResponse>>("create", request);
      return { id: response.getId(), outputs: toProperties(response.getProperties()) };
    },
    update: async (urn, olds, news, { preview = false, timeout = 0 } = {}) => {
      const request = new messages.UpdateRequest();
      request.setId("id");
      request.setUrn(urn);
      request.setOlds(toStruct(olds));
      request.setNews(toStruct(news));
      request.setPreview(preview);
      request.setTimeout(timeout);
      const response = await call<InstanceType<typeof messages.UpdateResponse>>("update", request);
      return toProperties(response.getProperties());
    },
    remove: async (urn, state, { timeout = 0 } = {}) => {
      const request = new messages.DeleteRequest();
      request.setId("id");
      request.setUrn(urn);
      request.setProperties(toStruct(state));
      request.setTimeout(timeout);
      await call("delete", request);
    },
    read: async (urn, id, state) => {
      const request = new messages.ReadRequest();
      request.setId(id);
      request.setUrn(urn);
      request.setProperties(toStruct(state));
      const response = await call<InstanceType<typeof messages.ReadResponse>>("read", request);
      return { id: response.getId(), outputs: toProperties(response.getProperties()) };
    },
    run: async (args) => {
      const request = new messages.InvokeRequest();
      request.setTok("command:local:run");
      request.setArgs(toStruct(args));
      const response = await call<InstanceType<typeof messages.InvokeResponse>>("invoke", request);
      return toProperties(response.getReturn());
    },
    cancel: async () => {
      await call("cancel", new Empty());
    },
    stop: async () => {
      client.close();
      engine.forceShutdown();
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
      rmSync(folder, { recursive: true });
    },
  };
}

function differenceOf(response: DiffResponse): Difference {
  const kinds = ["ADD", "ADD_REPLACE", "DELETE", "DELETE_REPLACE", "UPDATE", "UPDATE_REPLACE"];
  const detailed: Record<string, string> = {};
  response.getDetaileddiffMap().forEach((difference, path) => {
    detailed[path] = kinds[difference.getKind()] ?? "?";
  });
  return {
    changes: response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
    detailed,
    replaces: response.getReplacesList(),
  };
}
