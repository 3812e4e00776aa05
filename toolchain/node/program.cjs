// @ts-check
/**
 * Prepares Node.js for the program: loads TypeScript, and spares Pulumi slow work that is not
 * needed here.
 */
"use strict";
require("./typescript.cjs");
require("./stack-traces.cjs");
require("./on-demand.cjs");
