// @ts-check
/**
 * Runs a Pulumi program, in place of `@pulumi/pulumi/cmd/run` (`toolchain/environment.mjs`
 * configures the language host): it loads the program's preparations before Pulumi, which then
 * starts faster. A language host that is built here is too old to know the option `typescript` of
 * `Pulumi.yaml` and always wants the compiler.
 */
"use strict";
require("./program.cjs");
process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
require("@pulumi/pulumi/cmd/run");
