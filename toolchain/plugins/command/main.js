// @ts-check
/**
 * Starts the plugin: `pulumi-resource-command <address of the engine>`. It prints the port of its
 * gRPC server, which is how the engine finds it, and serves until it is ended.
 *
 * The plugin folder of the engine holds a launcher of two lines that requires this file, so that
 * packages are found in the project's node_modules wherever that folder is.
 */
const identity = require("./identity");

/** How long an ending plugin waits for what it has stopped. */
const graceMs = 3000;
const orphanCheckMs = 5000;

/** @param {string[]} args without node and the script */
async function main(args) {
  if (args.includes("--version")) {
    console.log(`${identity.version} (${identity.statement})`);
    return;
  }
  const { engineLog } = require("./engine-log");
  const { operations } = require("./operation");
  const { ResourceProviderService, channelOptions, grpc } = require("./protocol");
  const { providerService } = require("./provider-service");

  const running = operations();
  let log = engineLog(args.filter((arg) => /^[^-].*:\d+$/.test(arg)).at(-1));
  const server = new grpc.Server(channelOptions);
  server.addService(
    ResourceProviderService,
    providerService({
      operations: running,
      log: () => log,
      attach: (address) => {
        log.close();
        log = engineLog(address);
      },
    }),
  );

  let ending = false;
  /** @param {string} reason @param {number} status */
  const end = (reason, status) => {
    if (ending) {
      return;
    }
    ending = true;
    setTimeout(() => process.exit(status), graceMs);
    void running.stop(reason).then(() => process.exit(status));
  };
  process.on("SIGINT", () => end("interrupted", 130));
  process.on("SIGTERM", () => end("terminated", 143));
  process.on("uncaughtException", (error) => {
    console.error(`${identity.statement} fails: ${error.stack ?? error.message}`);
    end("the plugin has failed", 1);
  });
  // An engine that is killed cannot end its plugins; a command must not go on without it.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) {
      end("the engine is gone", 1);
    }
  }, orphanCheckMs).unref();

  const port = await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  console.log(String(port));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(`${identity.statement} does not start: ${error.message}`);
  process.exit(1);
});
