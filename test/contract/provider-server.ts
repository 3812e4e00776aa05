import { operatorKeyFile } from "../operator-key";
import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

import * as grpc from "@grpc/grpc-js";
import * as serviceProto from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as statusProto from "@pulumi/pulumi/proto/status_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type * as structProto from "google-protobuf/google/protobuf/struct_pb";

// The SDK brings its own version of google-protobuf; messages of another version do not fit into
// its requests.
const { Struct } = require(
  require.resolve("google-protobuf/google/protobuf/struct_pb", {
    paths: [dirname(require.resolve("@pulumi/pulumi/package.json"))],
  }),
) as typeof structProto;

/** What the engine sends for a value that is not known yet in a preview. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Plain property values of a resource. `__provider` is added to what is sent and taken off what
 * comes back.
 */
export type Properties = Record<string, unknown>;

/** The answer to `check`. */
export interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

/**
 * The answer to `diff`. A provider without an opinion leaves the comparison of the inputs to the
 * engine; it may do that only where they differ, so it counts as a change.
 */
export interface Diffed {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/**
 * The answer to `read`. An empty `id` means that the resource is gone; `inputs` is undefined if
 * none were given.
 */
export interface ReadBack {
  readonly id: string;
  readonly props: Properties;
  readonly inputs: Properties | undefined;
}

/**
 * How the engine sees a create or update that failed after it had changed something: it keeps `id`
 * and `properties` in the state, and calls `update` at the next run.
 */
export class PartialFailure extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Properties,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

/**
 * A running dynamic provider server: the very process that the engine starts, spoken to as the
 * engine does. Proto paths of the SDK are internal to it and used here only.
 */
export interface ProviderServer {
  check(text: string, news: Properties, olds?: Properties): Promise<Checked>;
  diff(text: string, id: string, olds: Properties, news: Properties): Promise<Diffed>;
  /** @throws PartialFailure or a plain error, as the engine would see it */
  create(text: string, inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(text: string, id: string, props: Properties): Promise<ReadBack>;
  /** @throws PartialFailure or a plain error, as the engine would see it */
  update(text: string, id: string, olds: Properties, news: Properties): Promise<Properties>;
  delete(text: string, id: string, props: Properties): Promise<void>;
  /**
   * What the server printed so far, on standard output and error; the engine shows it to the user.
   */
  log(): string;
  /** Ends the server. Always call it, in `afterAll`. */
  stop(): Promise<void>;
}

/** Starts a server; takes about half a second, so share one among the tests of a file. */
export async function startProviderServer(
  environment: Readonly<Record<string, string>> = {},
): Promise<ProviderServer> {
  const main = require.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js");
  const child = spawn(process.execPath, [main, "127.0.0.1:1"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HIVE_SSH_KEY: operatorKeyFile(), ...environment },
  });
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const port = await firstLine(child);
  const client = new serviceProto.ResourceProviderClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
  );

  const stop = async (): Promise<void> => {
    client.close();
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
  };
  try {
    const configure = new proto.ConfigureRequest();
    configure.setArgs(struct({}));
    await call((done) => client.configure(configure, done));
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    async check(text, news, olds = {}) {
      const request = new proto.CheckRequest();
      request.setUrn(urn);
      request.setOlds(struct(withText(text, olds)));
      request.setNews(struct(withText(text, news)));
      const answer = await call<proto.CheckResponse>((done) => client.check(request, done));
      return {
        inputs: plain(answer.getInputs()),
        failures: answer.getFailuresList().map((failure) => {
          // The engine prints the whole value of a property that a failure names, whatever is in
          // it.
          expect(failure.getProperty()).toBe("");
          return { property: failure.getProperty(), reason: failure.getReason() };
        }),
      };
    },
    async diff(text, id, olds, news) {
      const request = new proto.DiffRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setOlds(struct(withText(text, olds)));
      request.setNews(struct(withText(text, news)));
      const answer = await call<proto.DiffResponse>((done) => client.diff(request, done));
      const { DIFF_NONE } = proto.DiffResponse.DiffChanges;
      return {
        changes: answer.getChanges() !== DIFF_NONE,
        replaces: answer.getReplacesList(),
        deleteBeforeReplace: answer.getDeletebeforereplace(),
      };
    },
    async create(text, inputs) {
      const request = new proto.CreateRequest();
      request.setUrn(urn);
      request.setProperties(struct(withText(text, inputs)));
      const answer = await call<proto.CreateResponse>((done) => client.create(request, done));
      return { id: answer.getId(), outs: plain(answer.getProperties()) };
    },
    async read(text, id, props) {
      const request = new proto.ReadRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setProperties(struct(withText(text, props)));
      const answer = await call<proto.ReadResponse>((done) => client.read(request, done));
      const inputs = answer.getInputs();
      return {
        id: answer.getId(),
        props: plain(answer.getProperties()),
        inputs: inputs === undefined ? undefined : plain(inputs),
      };
    },
    async update(text, id, olds, news) {
      const request = new proto.UpdateRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setOlds(struct(withText(text, olds)));
      request.setNews(struct(withText(text, news)));
      const answer = await call<proto.UpdateResponse>((done) => client.update(request, done));
      return plain(answer.getProperties());
    },
    async delete(text, id, props) {
      const request = new proto.DeleteRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setProperties(struct(withText(text, props)));
      await call<Empty>((done) => client.delete(request, done));
    },
    log: () => log,
    stop,
  };
}

/** Any URN will do: the server only passes it on. */
const urn = "urn:pulumi:test::hive::pulumi-nodejs:dynamic/hive:Test::test";

/** Resolves with the first line that the server prints: its port. */
function firstLine(child: ChildProcess & { stdout: NodeJS.ReadableStream }): Promise<string> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill();
      reject(new Error("The dynamic provider server did not print its port within 50 s."));
    }, 50_000);
    const lines = createInterface({ input: child.stdout });
    lines.once("line", (line) => {
      clearTimeout(deadline);
      resolve(line);
    });
    child.once("exit", (code) => {
      clearTimeout(deadline);
      reject(new Error(`The dynamic provider server ended with code ${code}.`));
    });
  });
}

/** Makes a promise of a gRPC call, with a deadline through the test's own timeout. */
async function call<Answer>(
  start: (done: (error: grpc.ServiceError | null, answer: Answer) => void) => unknown,
): Promise<Answer> {
  try {
    return await new Promise<Answer>((resolve, reject) => {
      start((error, answer) => (error === null ? resolve(answer) : reject(decode(error))));
    });
  } finally {
    // What the provider printed before it answered is in the pipe, and read a turn later.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The rich error, if the provider threw one. */
function decode(error: grpc.ServiceError): Error {
  const [packed] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (packed === undefined) {
    return new Error(error.details);
  }
  const status = statusProto.Status.deserializeBinary(Buffer.from(packed));
  const detail = status
    .getDetailsList()[0]
    ?.unpack(
      (bytes) => proto.ErrorResourceInitFailed.deserializeBinary(bytes),
      "pulumirpc.ErrorResourceInitFailed",
    );
  return detail === null || detail === undefined
    ? new Error(error.details)
    : new PartialFailure(
        status.getMessage(),
        detail.getId(),
        plain(detail.getProperties()),
        detail.getReasonsList(),
      );
}

/** Properties with the provider's text among them, as the engine sends them. */
function withText(text: string, properties: Properties): Properties {
  return { ...properties, __provider: text };
}

/** Plain data as protobuf. Like the engine, it leaves out what is undefined. */
function struct(properties: Properties): structProto.Struct {
  const json = JSON.parse(JSON.stringify(properties)) as Record<
    string,
    structProto.JavaScriptValue
  >;
  return Struct.fromJavaScript(json);
}

/** Protobuf as plain data, without the provider's text. */
function plain(properties: structProto.Struct | undefined): Properties {
  const all = Object.entries(properties?.toJavaScript() ?? {});
  return Object.fromEntries(all.filter(([key]) => key !== "__provider"));
}
