// @ts-check
/** What Pulumi starts (`Pulumi.yaml`). The program is `index.ts`. */
"use strict";
require("./toolchain/node/program.cjs");
module.exports = require("./index.ts");
