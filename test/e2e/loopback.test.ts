/** Servers reached through ports of this computer, as Docker Desktop needs it; forced here. */
import { createServer, type Server } from "node:net";
import { statusPath } from "./stage-under-test";
import { fetchPage, eventually, TestStage } from "./test-stage";

jest.setTimeout(10 * 60_000);

const base = 33_000;
let stage: TestStage;

beforeAll(() => {
  stage = new TestStage("loopback", {
    cidr: "172.29.112.0/24",
    container: { access: "loopback", loopbackPortBase: base },
  });
  // How a server is reached is the same for one service as for many: the gate alone, which shows its page to everybody.
  stage.write(
    "site/site.ts",
    `import { defineSite } from "../model/site";
import { webgate } from "./services/webgate";

export const site = defineSite({
  name: "hive.example",
  images: { webgate: {} },
  services: { webgate: { ...webgate, dependsOn: [] } },
});
`,
  );
});

afterAll(async () => {
  const run = await stage.hive(["destroy", "--yes"]);
  stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

it("says which port is taken, and by what option to move away, before anything is touched", async () => {
  const holder: Server = createServer();
  await new Promise<void>((resolve) => holder.listen(base + 1080, "127.0.0.1", resolve));
  try {
    const run = await stage.hive(["up", "--yes"]);
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(String(base + 1080));
    expect(run.output).toContain("hive:container.loopbackPortBase");
    expect(run.output).toMatch(/port 80 of p-hive1/);
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
});

it("comes up and answers through the published ports; so do SSH and a second run", async () => {
  const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 500 });
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  for (const index of [0, 1, 2]) {
    const answer = await eventually(30, () =>
      fetchPage(`http://127.0.0.1:${base + 1000 * index + 80}${statusPath}`),
    );
    expect(answer.text).toContain(`p-hive${index}.${stage.siteName}`);
  }
  const ssh = await stage.hive(["ssh", "hive1", "--", "hostname"]);
  expect([ssh.code, ssh.stdout.trim()]).toEqual([0, `p-hive1.${stage.siteName}`]);
  const again = await stage.hive(["pulumi", "--", "preview", "--expect-no-changes"]);
  expect([again.code, again.code === 0 ? "" : again.output]).toEqual([0, ""]);
});
