#!/usr/bin/env node
/**
 * Starts the process of dynamic providers for the Pulumi engine, as the script of the npm package
 * does (pulumi/pulumi, sdk/nodejs/dist/pulumi-resource-pulumi-nodejs), and ends with the engine.
 * The package's own process does not watch it: after `kill -9` of the engine it would live on,
 * holding connections to hosts and whatever it was in the middle of.
 */
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

/** How often the engine is looked for, milliseconds. */
const pollMs = 1000;

// A process whose parent has ended gets another one.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid === engine) return;
  process.stderr.write("Pulumi has ended; its dynamic providers end too.\n");
  process.exit(1);
}, pollMs).unref();

// The engine works in the project's folder, wherever this file lies.
const onDemand = join(process.cwd(), "toolchain/node/on-demand.cjs");
if (existsSync(onDemand)) require(onDemand);
const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider", { paths: [process.cwd()] });
process.argv[1] = script;
require(script);
