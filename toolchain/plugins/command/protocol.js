// @ts-check
/**
 * The gRPC library and the protocol's generated classes, as `@pulumi/pulumi` ships them.
 *
 * They are taken through that package and not from the project's own node_modules, because a
 * message built by another copy of google-protobuf or a credential of another copy of grpc-js is
 * not accepted. The SDK itself is not loaded: it costs about half a second, these files a tenth.
 */
const { createRequire } = require("node:module");

const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

/** @type {typeof import("@grpc/grpc-js")} */
const grpc = fromSdk("@grpc/grpc-js");
/** @type {typeof import("google-protobuf/google/protobuf/struct_pb").Struct} */
const Struct = fromSdk("google-protobuf/google/protobuf/struct_pb").Struct;
/** @type {typeof import("google-protobuf/google/protobuf/empty_pb").Empty} */
const Empty = fromSdk("google-protobuf/google/protobuf/empty_pb").Empty;
/** @type {typeof import("@pulumi/pulumi/proto/provider_pb")} */
const messages = fromSdk("./proto/provider_pb");
/** @type {typeof import("@pulumi/pulumi/proto/plugin_pb")} */
const pluginMessages = fromSdk("./proto/plugin_pb");
/** @type {typeof import("@pulumi/pulumi/proto/engine_pb")} */
const engineMessages = fromSdk("./proto/engine_pb");
/** @type {{ ResourceProviderService: import("@grpc/grpc-js").ServiceDefinition }} */
const { ResourceProviderService } = fromSdk("./proto/provider_grpc_pb");
/** @type {{ EngineClient: import("@grpc/grpc-js").ServiceClientConstructor }} */
const { EngineClient } = fromSdk("./proto/engine_grpc_pb");

/** The engine's own limit for a message (400 MB): inputs and outputs may be large. */
const channelOptions = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};

/**
 * @param {import("google-protobuf/google/protobuf/struct_pb").Struct | undefined} struct
 * @returns {Record<string, unknown>} the properties; none when the field was not sent
 */
function toProperties(struct) {
  return struct === undefined ? {} : /** @type {Record<string, unknown>} */ (struct.toJavaScript());
}

/**
 * @param {Record<string, unknown>} properties must hold no `undefined`
 * @returns {import("google-protobuf/google/protobuf/struct_pb").Struct}
 */
function toStruct(properties) {
  return Struct.fromJavaScript(/** @type {any} */ (properties));
}

module.exports = {
  grpc,
  Empty,
  messages,
  pluginMessages,
  engineMessages,
  ResourceProviderService,
  EngineClient,
  channelOptions,
  toProperties,
  toStruct,
};
