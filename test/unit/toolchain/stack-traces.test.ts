import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..", "..", "..");

// Pulumi formats a failed program's error with `util.inspect`. A trace with its SDK's wrong paths
// kept that busy for half a minute.
test("an error of the program is shown at once, with the places of Pulumi's SDK", () => {
  const folder = mkdtempSync(join(tmpdir(), "hive-trace-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(root, "node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
    writeFileSync(
      join(folder, "program.ts"),
      `import * as pulumi from "@pulumi/pulumi";
       process.on("unhandledRejection", (error) => {
         console.log(require("node:util").inspect(error, { colors: true }));
         process.exit(0);
       });
       pulumi.output(1).apply((): number => { throw new Error("too bad"); });`,
    );
    const program = join(root, "toolchain/node/program.cjs");
    const { stdout, error } = spawnSync(process.execPath, ["-r", program, "program.ts"], {
      ...{ cwd: folder, encoding: "utf8", timeout: 15_000 },
    });
    expect(error).toBeUndefined();
    expect(stdout).toMatch(/too bad[^]*program\.ts:\d+/);
    // Colors may stand within the path.
    expect(stdout).toMatch(/@pulumi\/pulumi[^/]*\/output\.ts:\d+/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
