import { spawn } from "node:child_process";
import { ProcessWatch, withoutConfiguration } from "../../e2e/process-watch";

it("takes the configuration alone out of an environment", () => {
  const environment = 'A=1\0PULUMI_CONFIG={"hive:secrets":"planted"}\0PULUMI_CONFIG_X=2\0';
  expect(withoutConfiguration(environment)).toBe("A=1\0PULUMI_CONFIG_X=2\0");
});

it("sees what stands in arguments and in the rest of an environment", async () => {
  const watch = new ProcessWatch();
  const env = { ...process.env, PULUMI_CONFIG: "in-config", OTHER: "in-another-variable" };
  const child = spawn("sh", ["-c", "sleep 3; : in-argument"], { env });
  await watch.during(() => new Promise((resolve) => child.once("close", resolve)));
  expect(watch.seen).toContain("in-argument");
  expect(watch.seen).toContain("in-another-variable");
  expect(watch.seen).not.toContain("in-config");
});
