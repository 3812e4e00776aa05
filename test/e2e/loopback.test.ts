/** Servers reached through ports of this computer, as Docker Desktop needs it; forced here. */
import { createServer, type Server } from "node:net";
import { sharesTheComputer } from "./computer";
import { LoopbackStage } from "./loopback-stage";

jest.setTimeout(10 * 60_000);

const stage = new LoopbackStage("loopback", "172.29.112.0/24", 23_000);

sharesTheComputer();

afterAll(async () => {
  const run = await stage.hive(["destroy", "--yes"]);
  stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

it("says which port is taken, and by what option to move away, before anything is touched", async () => {
  const holder: Server = createServer();
  await new Promise<void>((resolve) => holder.listen(stage.port(1), "127.0.0.1", resolve));
  try {
    const run = await stage.hive(["up", "--yes"]);
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(String(stage.port(1)));
    expect(run.output).toContain("hive:container.loopbackPortBase");
    expect(run.output).toMatch(/port 80 of p-hive1/);
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
});

it("comes up and answers through the published ports; so do SSH and a second run", async () => {
  const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 900 });
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  await stage.pages();
  const ssh = await stage.hive(["ssh", "hive1", "--", "hostname"]);
  expect([ssh.code, ssh.stdout.trim()]).toEqual([0, `p-hive1.${stage.siteName}`]);
  const again = await stage.hive(["pulumi", "--", "preview", "--expect-no-changes"]);
  expect([again.code, again.code === 0 ? "" : again.output]).toEqual([0, ""]);
});
