import { ContainerFleet } from "../../fleet/container/servers";
import { planContainerFleet } from "../../fleet/container/plan";
import { planWith } from "../unit/model/plans";
import { record, type Recorded } from "./recorder";

// Each provider's text is serialized once; that takes seconds on a busy computer.
jest.setTimeout(120_000);

test("every cluster server mounts one and the same volume for shared data, the repository server does not", async () => {
  const plan = planWith();
  const fleet = planContainerFleet(plan, {
    cgroupVersion: 2,
    desktop: false,
    platform: "linux",
    networks: [],
    busyPorts: [],
    containers: [],
  });
  const resources = await record(() => {
    new ContainerFleet("fleet", { plan, fleet }, {});
  });
  const shared = resources.filter(({ name }) => name === "fleet-shared-data");
  expect(shared.map(({ inputs }) => inputs["name"])).toEqual(["p-hive.example-shared"]);
  const folders = (server: Recorded | undefined): unknown[] =>
    (server?.inputs["volumes"] as { volumeName: string; containerPath: string }[]).map(
      ({ volumeName, containerPath }) => `${volumeName}:${containerPath}`,
    );
  const servers = resources.filter(({ type }) => type === "docker:index/container:Container");
  expect(servers).toHaveLength(4);
  for (const [index, server] of servers.entries()) {
    expect(folders(server)).toEqual([
      `p-hive${index}.hive.example-docker:/var/lib/docker`,
      ...(index < 3 ? ["p-hive.example-shared:/var/lib/hive-shared"] : []),
    ]);
  }
});
