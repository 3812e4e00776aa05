import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..", "..", "..");

/** Names of files of the SDK of AWS that a program has loaded after it ran a text. */
function loaded(text: string): readonly string[] {
  const report =
    "process.stdout.write(JSON.stringify(Object.keys(require.cache).filter((file) => file.includes('@pulumi/aws/'))))";
  const printed = execFileSync(
    process.execPath,
    ["-r", "./toolchain/node/program.cjs", "-e", `${text}; ${report}`],
    { cwd: root, encoding: "utf8", timeout: 120_000 },
  );
  return JSON.parse(printed) as string[];
}

test("stages of other fleets do not load the SDK of AWS", () => {
  expect(loaded('require("./fleet/drivers")')).toEqual([]);
  expect(loaded('require("./fleet/aws/servers")').length).toBeGreaterThan(5);
}, 240_000);
