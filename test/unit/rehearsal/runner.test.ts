import { spawnSync } from "node:child_process";

test.each(["test_runner", "test_metadata_service"])("the Python code passes %s", (module) => {
  const { status, stderr } = spawnSync(
    "python3",
    ["-s", "-E", "-B", "-m", "unittest", `tests.${module}`],
    { cwd: "rehearsal/cloud", encoding: "utf8", timeout: 60_000 },
  );
  if (status !== 0) throw new Error(stderr);
});
