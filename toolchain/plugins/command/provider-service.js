// @ts-check
/**
 * The gRPC service that the engine calls (`pulumirpc.ResourceProvider`). Methods that are not here
 * answer UNIMPLEMENTED, which the engine takes as "this plugin cannot do that".
 *
 * The provider helper of the Node SDK is not used: it has no preview, no detailed diff, no
 * timeouts, and no place to stop what runs.
 */
const { randomBytes } = require("node:crypto");
const { redactor } = require("./failure-text");
const identity = require("./identity");
const { checkInputs } = require("./input-check");
const { diffInputs } = require("./input-diff");
const { Empty, grpc, messages, pluginMessages, toProperties, toStruct } = require("./protocol");
const values = require("./property-values");
const { copyToRemote } = require("./resources/copy-to-remote");
const { localCommand, runOnce } = require("./resources/local-command");
const { remoteCommand } = require("./resources/remote-command");

/**
 * @typedef {import("./resources/command-resource").Resource} Resource
 * @typedef {import("./resources/command-inputs").Properties} Properties
 * @typedef {import("./operation").Operation} Operation
 */

/** @type {Record<string, Resource>} */
const resources = {
  "command:local:Command": localCommand,
  "command:remote:Command": remoteCommand,
  "command:remote:CopyToRemote": copyToRemote,
};

const runFunction = "command:local:run";

/** @param {string} urn @returns {{ type: string, name: string }} */
function partsOf(urn) {
  const parts = urn.split("::");
  return { type: (parts[2] ?? "").split("$").pop() ?? "", name: parts.slice(3).join("::") };
}

/** @param {string} urn @returns {Resource} */
function resourceOf(urn) {
  const { type } = partsOf(urn);
  const resource = resources[type];
  if (resource === undefined) {
    throw new Error(
      `${type} is not known to ${identity.statement}. It has ${Object.keys(resources).join(", ")}`,
    );
  }
  return resource;
}

/**
 * Secrets whose text must not show: everything marked, but of a connection only what it proves
 * itself with, because all of it is marked and errors have to name the host.
 *
 * @param {Properties[]} all inputs and state of an operation
 * @returns {string[]}
 */
function secretsOf(all) {
  return all.flatMap(({ connection, ...others }) => {
    const hop = /** @type {Properties & { proxy?: Properties }} */ (
      values.unwrap(connection) ?? {}
    );
    const proofs = [hop, hop.proxy ?? {}].flatMap((each) => [
      each.password,
      each.privateKey,
      each.privateKeyPassword,
    ]);
    return [
      ...values.secretStrings(others),
      ...proofs.filter((proof) => typeof proof === "string"),
    ];
  });
}

/** @param {Properties[]} all @returns {string[]} standard input, secret or not */
function stdinsOf(all) {
  return all.map(({ stdin }) => values.unwrap(stdin)).filter((stdin) => typeof stdin === "string");
}

/**
 * @param {object} host
 * @param {ReturnType<typeof import("./operation").operations>} host.operations
 * @param {() => ReturnType<typeof import("./engine-log").engineLog>} host.log
 * @param {(address: string) => void} host.attach to another engine
 * @returns {Record<string, import("@grpc/grpc-js").handleUnaryCall<any, any>>}
 */
function providerService({ operations, log, attach }) {
  /**
   * @template T
   * @param {string} urn
   * @param {number} timeout seconds, 0 = none
   * @param {Properties[]} all the inputs and the state that the work knows
   * @param {(operation: Operation) => Promise<T>} work
   * @returns {Promise<T>}
   */
  const operate = (urn, timeout, all, work) =>
    operations.run(timeout, async (signal) => {
      const ownLog = log().of(urn);
      const secrets = secretsOf(all);
      const redact = redactor([...secrets, ...stdinsOf(all)]);
      try {
        return await work({ signal, log: ownLog, redact, hide: redactor(secrets) });
      } catch (error) {
        throw new Error(redact(error instanceof Error ? error.message : String(error)), {
          cause: error,
        });
      } finally {
        await ownLog.flush();
      }
    });

  return {
    getPluginInfo: answer(() => {
      const response = new pluginMessages.PluginInfo();
      response.setVersion(identity.version);
      return response;
    }),

    getSchema: answer(() => {
      const response = new messages.GetSchemaResponse();
      const { packageName: name, version, statement } = identity;
      response.setSchema(
        JSON.stringify({ name, version, displayName: statement, description: statement }),
      );
      return response;
    }),

    checkConfig: answer(
      (/** @type {import("@pulumi/pulumi/proto/provider_pb").CheckRequest} */ request) => {
        const response = new messages.CheckResponse();
        response.setInputs(request.getNews());
        return response;
      },
    ),

    diffConfig: answer(() => {
      const response = new messages.DiffResponse();
      response.setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    }),

    configure: answer(async () => {
      await log().debug(`${identity.statement} is used`);
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setAcceptresources(true);
      return response;
    }),

    check: answer(
      (/** @type {import("@pulumi/pulumi/proto/provider_pb").CheckRequest} */ request) => {
        const resource = resourceOf(request.getUrn());
        const { inputs, failures } = checkInputs(toProperties(request.getNews()), resource.inputs);
        const response = new messages.CheckResponse();
        response.setInputs(toStruct(inputs));
        response.setFailuresList(
          failures.map(({ property, reason }) => {
            // The path goes into the reason: the engine prints the value of a named property, and
            // that of `connection` holds the private key.
            const failure = new messages.CheckFailure();
            failure.setReason(`${property} ${reason}`);
            return failure;
          }),
        );
        return response;
      },
    ),

    diff: answer(
      (/** @type {import("@pulumi/pulumi/proto/provider_pb").DiffRequest} */ request) => {
        const resource = resourceOf(request.getUrn());
        const olds = toProperties(request.getOldInputs() ?? request.getOlds());
        return diffResponse(diffInputs(olds, toProperties(request.getNews()), resource.inputs));
      },
    ),

    create: answer(
      async (/** @type {import("@pulumi/pulumi/proto/provider_pb").CreateRequest} */ request) => {
        const urn = request.getUrn();
        const resource = resourceOf(urn);
        const news = toProperties(request.getProperties());
        const outputs = request.getPreview()
          ? resource.preview(news)
          : await operate(urn, request.getTimeout(), [news], (operation) =>
              resource.create(news, operation),
            );
        const response = new messages.CreateResponse();
        const unique = randomBytes(4).toString("hex");
        response.setId(resource.idWithName ? `${partsOf(urn).name}${unique}` : unique);
        response.setProperties(toStruct(outputs));
        return response;
      },
    ),

    // There is nothing to read: a command leaves no object behind that could be looked at.
    read: answer(
      (/** @type {import("@pulumi/pulumi/proto/provider_pb").ReadRequest} */ request) => {
        const response = new messages.ReadResponse();
        response.setId(request.getId());
        response.setProperties(request.getProperties());
        response.setInputs(request.getInputs());
        return response;
      },
    ),

    update: answer(
      async (/** @type {import("@pulumi/pulumi/proto/provider_pb").UpdateRequest} */ request) => {
        const urn = request.getUrn();
        const resource = resourceOf(urn);
        const olds = toProperties(request.getOlds());
        const news = toProperties(request.getNews());
        const outputs = request.getPreview()
          ? resource.preview(news, olds)
          : await operate(urn, request.getTimeout(), [news, olds], (operation) =>
              resource.update(olds, news, operation),
            );
        const response = new messages.UpdateResponse();
        response.setProperties(toStruct(outputs));
        return response;
      },
    ),

    delete: answer(
      async (/** @type {import("@pulumi/pulumi/proto/provider_pb").DeleteRequest} */ request) => {
        const urn = request.getUrn();
        const olds = toProperties(request.getProperties());
        await operate(urn, request.getTimeout(), [olds], (operation) =>
          resourceOf(urn).delete(olds, operation),
        );
        return new Empty();
      },
    ),

    invoke: answer(
      async (/** @type {import("@pulumi/pulumi/proto/provider_pb").InvokeRequest} */ request) => {
        const args = toProperties(request.getArgs());
        const command = values.unwrap(args.command);
        if (request.getTok() !== runFunction || typeof command !== "string") {
          throw new Error(
            request.getTok() === runFunction
              ? `${runFunction}: command must be a string`
              : `${request.getTok()} is not known to ${identity.statement}; it has ${runFunction}`,
          );
        }
        const secret = values.isSecret(args.command);
        const produced = await operate("", 0, [args], (operation) =>
          runOnce({ command, secret }, args, undefined, operation),
        );
        const response = new messages.InvokeResponse();
        response.setReturn(toStruct({ ...args, ...produced }));
        return response;
      },
    ),

    cancel: answer(async () => {
      await operations.stop("cancelled");
      return new Empty();
    }),

    attach: answer(
      (/** @type {import("@pulumi/pulumi/proto/plugin_pb").PluginAttach} */ request) => {
        attach(request.getAddress());
        return new Empty();
      },
    ),
  };
}

/**
 * @param {import("./input-diff").Change[]} changes
 * @returns {import("@pulumi/pulumi/proto/provider_pb").DiffResponse}
 */
function diffResponse(changes) {
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  };
  const { DiffChanges } = messages.DiffResponse;
  const response = new messages.DiffResponse();
  response.setChanges(changes.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setHasdetaileddiff(true);
  changes.forEach(({ path, kind, replace }) => {
    const difference = new messages.PropertyDiff();
    difference.setKind(/** @type {any} */ (kinds[kind][replace ? 1 : 0]));
    difference.setInputdiff(true);
    response.getDetaileddiffMap().set(path, difference);
    response.addDiffs(path);
    if (replace) {
      response.addReplaces(path);
    }
  });
  return response;
}

/**
 * A handler of grpc-js out of a function that returns the response or throws.
 *
 * @template Request
 * @param {(request: Request) => unknown} respond
 * @returns {import("@grpc/grpc-js").handleUnaryCall<Request, any>}
 */
function answer(respond) {
  return (call, callback) => {
    Promise.resolve()
      .then(() => respond(call.request))
      .then(
        (response) => callback(null, response),
        (error) =>
          callback({
            code: grpc.status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          }),
      );
  };
}

module.exports = { providerService };
