#!/usr/bin/env node
// The `hive` command. It compiles itself at start (types are checked by `npm run lint`), so that a
// clone runs without a build step. Nothing else belongs here: what a command needs is loaded when
// that command runs.
const { join } = require("node:path");

const project = join(__dirname, "..");
try {
  require("../toolchain/node/program.cjs");
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  console.error(
    `The packages that hive is made of are not installed in ${project}.\n` +
      "Run `npm start` (it installs all that is needed and brings the private stage up), or `npm ci`.",
  );
  process.exit(3);
}
require("./main.ts").main(process.argv);
