#!/usr/bin/env node
/**
 * Starts the process of dynamic providers for Pulumi, as the script of the npm package does
 * (pulumi/pulumi, sdk/nodejs/dist/pulumi-resource-pulumi-nodejs), and ends with Pulumi. The
 * package's own process does not watch Pulumi: after `kill -9` of Pulumi it would keep running,
 * with its connections to hosts and its current work.
 */
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

/** How often the parent process is checked, milliseconds. */
const pollMs = 1000;

// A process whose parent has ended gets another one.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid === engine) return;
  process.stderr.write("Pulumi has ended; its dynamic providers end too.\n");
  process.exit(1);
}, pollMs).unref();

// Pulumi works in the project's folder, wherever this file lies.
const onDemand = join(process.cwd(), "toolchain/node/on-demand.cjs");
if (existsSync(onDemand)) require(onDemand);
const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider", { paths: [process.cwd()] });
process.argv[1] = script;
require(script);
