import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type * as Grpc from "@grpc/grpc-js";
import type * as Service from "@pulumi/pulumi/proto/provider_grpc_pb";
import type * as Proto from "@pulumi/pulumi/proto/provider_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type * as StructProto from "google-protobuf/google/protobuf/struct_pb";
import { withDeadline } from "../../../providers/transport/deadline";
import { FleetError } from "../../fleet-error";
import type { Properties } from "../../recovery";

/** How long the plugin may take to start, to answer, and to remove something, seconds. */
const limits = { start: 60, answer: 90, removal: 600 } as const;

/** An object as the provider reads it. */
export interface ReadObject {
  /** As in a state. */
  readonly id: string;
  readonly properties: Properties;
}

/**
 * An account, asked by the plugin of Pulumi that a run uses: so it is asked with the same
 * credentials, region and addresses, and hive needs no client of AWS of its own.
 */
export interface Account {
  /** Calls a function of the provider. @throws Error with its words */
  ask(token: string, args: Properties): Promise<Properties>;
  /** Reads an object by its id, or by what the provider imports it by; undefined: there is none. */
  read(urn: string, id: string): Promise<ReadObject | undefined>;
  /** Deletes an object and waits until it is gone. */
  remove(urn: string, object: ReadObject): Promise<void>;
  /** Ends the plugin. */
  close(): void;
}

/**
 * Starts the plugin for an account.
 *
 * @param env environment of the run, with `PULUMI_HOME`
 * @param settings what the program gave the provider
 * @throws FleetError when the plugin is missing or does not come up; an error with the plugin's
 *   words when it refuses the settings, e.g. without credentials
 */
export async function openAccount(env: NodeJS.ProcessEnv, settings: Properties): Promise<Account> {
  // Loaded here: the command starts without them.
  const grpc = require("@grpc/grpc-js") as typeof Grpc;
  const service = require("@pulumi/pulumi/proto/provider_grpc_pb") as typeof Service;
  const proto = require("@pulumi/pulumi/proto/provider_pb") as typeof Proto;
  const { Struct } = sdkStruct();
  const struct = (properties: Properties): StructProto.Struct =>
    Struct.fromJavaScript(
      // What is undefined is left out, as the engine does.
      JSON.parse(JSON.stringify(properties)) as Record<string, StructProto.JavaScriptValue>,
    );

  // It would tell an engine what it warns of; there is none at this address.
  const child = spawn(pluginFile(env), ["127.0.0.1:1"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const port = await firstLine(child);
    const client = new service.ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
      // A proxy is for AWS, not for this computer.
      { "grpc.enable_http_proxy": 0 },
    );
    const call = async <Answer>(
      seconds: number,
      start: (options: Grpc.CallOptions, done: Done<Answer>) => unknown,
    ): Promise<Answer> =>
      await new Promise((resolve, reject) => {
        start({ deadline: Date.now() + seconds * 1000 }, (error, answer) =>
          error === null ? resolve(answer) : reject(new Error(error.details)),
        );
      });
    const none = new grpc.Metadata();

    const configure = new proto.ConfigureRequest();
    configure.setArgs(struct(settings));
    configure.setAcceptsecrets(true);
    await call<Proto.ConfigureResponse>(limits.answer, (options, done) =>
      client.configure(configure, none, options, done),
    );
    return {
      async ask(token, args) {
        const request = new proto.InvokeRequest();
        request.setTok(token);
        request.setArgs(struct(args));
        const answer = await call<Proto.InvokeResponse>(limits.answer, (options, done) =>
          client.invoke(request, none, options, done),
        );
        const [failure] = answer.getFailuresList();
        if (failure !== undefined) throw new Error(failure.getReason());
        return answer.getReturn()?.toJavaScript() ?? {};
      },
      async read(urn, id) {
        const request = new proto.ReadRequest();
        request.setUrn(urn);
        request.setId(id);
        request.setProperties(struct({}));
        const answer = await call<Proto.ReadResponse>(limits.answer, (options, done) =>
          client.read(request, none, options, done),
        );
        const found = answer.getId();
        if (found === "") return undefined;
        return { id: found, properties: answer.getProperties()?.toJavaScript() ?? {} };
      },
      async remove(urn, { id, properties }) {
        const request = new proto.DeleteRequest();
        request.setUrn(urn);
        request.setId(id);
        request.setProperties(struct(properties));
        await call<Empty>(limits.removal, (options, done) =>
          client.delete(request, none, options, done),
        );
      },
      close() {
        client.close();
        child.kill();
      },
    };
  } catch (error) {
    child.kill();
    throw error;
  }
}

type Done<Answer> = (error: Grpc.ServiceError | null, answer: Answer) => void;

/** The plugin of the version that the program uses. @throws FleetError when it is missing */
function pluginFile(env: NodeJS.ProcessEnv): string {
  const { version } = require("@pulumi/aws/package.json") as { readonly version: string };
  const home = env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const file = join(home, "plugins", `resource-aws-v${version}`, "pulumi-resource-aws");
  if (existsSync(file)) return file;
  throw new FleetError(
    `Pulumi's plugin aws ${version} is missing on this computer (${file}).\n` +
      "Nothing was changed. `npm start` gets it; `npm run doctor` says what else is missing.",
  );
}

/**
 * Protobuf's Struct as the SDK has it: it brings its own version, and messages of another one do
 * not fit into its requests.
 */
function sdkStruct(): typeof StructProto {
  const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));
  return require(
    require.resolve("google-protobuf/google/protobuf/struct_pb", { paths: [sdk] }),
  ) as typeof StructProto;
}

/** The first line that a plugin prints: the port of 127.0.0.1 on which it listens. */
async function firstLine(child: ChildProcess): Promise<string> {
  const failed = (): FleetError =>
    new FleetError(`Pulumi's plugin aws did not start within ${limits.start} s.`);
  return await withDeadline(
    limits.start,
    failed,
    async () =>
      await new Promise<string>((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", () => reject(new FleetError("Pulumi's plugin aws ended at its start.")));
        if (child.stdout !== null)
          createInterface({ input: child.stdout }).once("line", (line) => resolve(line));
      }),
  );
}
