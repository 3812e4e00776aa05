import { spawnSync } from "node:child_process";
import { pythonEnvironment, rehearsalPython } from "../../../rehearsal/python";

jest.setTimeout(180_000);

/** Runs tests of the Python packages of `rehearsal/cloud`. */
function unittest(module: string): void {
  const { status, stdout, stderr } = spawnSync(
    rehearsalPython(),
    ["-W", "ignore", "-m", "unittest", `tests.${module}`],
    { cwd: "rehearsal/cloud", encoding: "utf8", env: pythonEnvironment(), timeout: 170_000 },
  );
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
}

test("each patch mends a fault that the emulator has without it", () => {
  unittest("test_patches");
});

test("only the access key of the rehearsal is taken, and what was answered outlives a kill", () => {
  unittest("test_server");
});
