// @ts-check
/**
 * Loads seldom used modules of packages when they are used, and not with the package. Half of the
 * time that Pulumi takes to load goes into the compiler and npm's resolver of dependencies, which
 * only its serializer of functions needs; a run whose providers' texts are kept serializes none.
 *
 * Only for modules whose exports are read by name at the place of use: loading a module later must
 * not change its behaviour.
 */
"use strict";
const Module = require("node:module");

/**
 * Modules to load later, by the package that requires them.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const seldomUsed = {
  "@pulumi/pulumi": [
    // The serializer of functions.
    "typescript",
    "@npmcli/arborist",
    "normalize-package-data",
    // Tracing, which is off.
    "@opentelemetry/exporter-zipkin",
    "@opentelemetry/instrumentation",
    "@opentelemetry/instrumentation-grpc",
    "@opentelemetry/resources",
    "@opentelemetry/sdk-trace-base",
    "@opentelemetry/sdk-trace-node",
    // Pulumi as a library, which a program does not use.
    "./automation",
  ],
  // Builds through BuildKit, and Docker Engines that are reached over SSH.
  dockerode: ["@grpc/proto-loader"],
  "docker-modem": ["./ssh"],
  // Messages in other languages.
  zod: ["../locales/index.cjs"],
};

/** @typedef {(request: string, parent: NodeModule | undefined, isMain: boolean) => any} Load */

/** @type {{ _load: Load }} */
const loader = /** @type {any} */ (Module);
const load = loader._load.bind(Module);

loader._load = (request, parent, isMain) =>
  isSeldomUsed(request, parent)
    ? later(() => load(request, parent, isMain))
    : load(request, parent, isMain);

/** @param {string} request @param {NodeModule | undefined} parent @returns {boolean} */
function isSeldomUsed(request, parent) {
  const path = (parent?.filename ?? "").split(/[\\/]node_modules[\\/]/).at(-1) ?? "";
  const [scope = "", name = ""] = path.split(/[\\/]/);
  const asking = scope.startsWith("@") ? `${scope}/${name}` : scope;
  return Object.hasOwn(seldomUsed, asking) && (seldomUsed[asking] ?? []).includes(request);
}

/**
 * A module that is loaded when an export is read, or when it is called. @param {() =>
 * any} loadNow
 */
function later(loadNow) {
  /** @type {any} */
  let loaded;
  const get = () => (loaded ??= loadNow());
  return new Proxy(function () {}, {
    get(_target, key) {
      // An import of the whole module reads this first and uses it directly.
      if (key === "__esModule") return true;
      const module = get();
      return key === "default" && module.__esModule !== true ? module : module[key];
    },
    apply: (_target, self, args) => Reflect.apply(get(), self, args),
    construct: (_target, args) => Reflect.construct(get(), args),
  });
}
