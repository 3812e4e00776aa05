import { createServer } from "node:net";
import { stop } from "../../../cli/commands/stop";
import { stageOutputs } from "../../../cli/hosts/stage-outputs";
import { loadPlan } from "../../../cli/plan";
import { recoveryOf } from "../../../fleet/recoveries";
import { fleetTraits } from "../../../fleet/traits";
import { runChecked } from "../../../providers/transport/command";
import { transportError } from "../../../providers/transport/errors";

jest.mock("../../../cli/hosts/stage-outputs");
jest.mock("../../../cli/plan");
jest.mock("../../../fleet/recoveries");
jest.mock("../../../providers/transport/command");

const host = (name: string, role: string, port = 22) => ({
  name: `${name}.hive.example`,
  role,
  address: "127.0.0.1",
  port,
});
type Hosts = readonly ReturnType<typeof host>[];

function stage(fleet: keyof typeof fleetTraits, hosts: Hosts): void {
  jest.mocked(loadPlan).mockReturnValue({ fleet, traits: fleetTraits[fleet] } as never);
  jest.mocked(stageOutputs).mockResolvedValue({ hosts, access: hosts } as never);
}

beforeEach(() => {
  jest.resetAllMocks();
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

test("servers that hive cannot start again are not stopped", async () => {
  stage("prepared", []);
  await expect(stop({ stack: "staging", yes: true })).rejects.toThrow(
    /could not start them again[^]*Nothing was changed/,
  );
});

test("containers are stopped by their Docker Engine, the repository server last", async () => {
  const stopped: (readonly string[])[] = [];
  jest.mocked(recoveryOf).mockReturnValue({
    stop: (names: readonly string[]) => Promise.resolve(void stopped.push(names)),
  } as never);
  stage("container", [host("a", "cluster"), host("r", "repository"), host("b", "cluster")]);
  expect(await stop({ stack: "private", yes: true })).toBe(0);
  expect(stopped).toEqual([["a.hive.example", "b.hive.example"], ["r.hive.example"]]);
});

test("other servers shut down from inside, and count as off when they no longer answer; those that are off are left alone", async () => {
  const ssh = createServer();
  await new Promise<void>((resolve) => ssh.listen(0, "127.0.0.1", resolve));
  const { port } = ssh.address() as { port: number };
  const asked: string[] = [];
  jest.mocked(runChecked).mockImplementation(({ name }, command) => {
    asked.push(`${name}: ${command}`);
    ssh.close();
    // It goes down before it can answer.
    return Promise.reject(transportError("lost", name, "The connection ended."));
  });
  // Nothing listens on port 1.
  stage("aws", [host("a", "cluster", port), host("r", "repository", 1)]);
  expect(await stop({ stack: "staging", yes: true })).toBe(0);
  expect(asked).toEqual(["a.hive.example: sudo systemctl --no-block poweroff"]);
});
