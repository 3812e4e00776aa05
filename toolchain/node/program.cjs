// @ts-check
/**
 * What Node.js needs for the program: loads TypeScript, and spares Pulumi what takes long and is of
 * no use here.
 */
"use strict";
require("./typescript.cjs");
require("./stack-traces.cjs");
require("./on-demand.cjs");
