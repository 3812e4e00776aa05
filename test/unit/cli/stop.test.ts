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

let printed: string;

beforeEach(() => {
  jest.resetAllMocks();
  printed = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
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

/** No connection can be made to a broadcast address: nothing is sent, and nobody answers. */
const nobody = "255.255.255.255";

test("other servers shut down from inside; one that does not answer is named, and not said to be off", async () => {
  const ssh = createServer();
  await new Promise<void>((resolve) => ssh.listen(0, "127.0.0.1", resolve));
  const on = host("a", "cluster", (ssh.address() as { port: number }).port);
  const asked: string[] = [];
  jest.mocked(runChecked).mockImplementation((server, command) => {
    asked.push(`${server.name}: ${command}`);
    // Its daemon ends first, and the server a moment later. It is gone before it can answer.
    ssh.close();
    setTimeout(() => Object.assign(on, { address: nobody }), 1000);
    return Promise.reject(transportError("lost", server.name, "The connection ended."));
  });
  stage("aws", [on, { ...host("r", "repository"), address: nobody }]);
  const started = Date.now();
  expect(await stop({ stack: "staging", yes: true })).toBe(0);
  expect(asked).toEqual(["a.hive.example: sudo systemctl --no-block poweroff"]);
  // A server that refuses connections is not off yet.
  expect(Date.now() - started).toBeGreaterThan(1000);
  expect(printed).not.toContain("The staging stage is stopped");
  expect(printed).toMatch(
    /What answered is stopped[^]*r did not answer; it was not stopped from here\./,
  );
});

test.each(["aws", "container"] as const)(
  "from a network that reaches no server of %s, nothing is said to be off",
  async (fleet) => {
    const hosts = [host("a", "cluster"), host("r", "repository")];
    stage(
      fleet,
      hosts.map((each) => ({ ...each, address: nobody })),
    );
    const network = fleet === "aws" ? "is not one of hive:aws.sshSources" : "does not reach them";
    await expect(stop({ stack: "staging", yes: true })).rejects.toMatchObject({
      message: `No server of the stage staging answers from here: all are off already, or this network ${network}, or a VPN is down. Nothing was changed.`,
      exitCode: 1,
    });
    expect(runChecked).not.toHaveBeenCalled();
    expect(printed).toBe("");
  },
);

test("a repository server that falls silent while the others stop is not said to be off", async () => {
  const ssh = createServer();
  await new Promise<void>((resolve) => ssh.listen(0, "127.0.0.1", resolve));
  const { port } = ssh.address() as { port: number };
  const hosts = [host("a", "cluster", port), host("r", "repository", port)];
  jest.mocked(runChecked).mockImplementation((server) => {
    // The VPN ends: both are silent from here on.
    for (const each of hosts) Object.assign(each, { address: nobody });
    return server.name.startsWith("a.")
      ? Promise.resolve({} as never)
      : Promise.reject(transportError("unreachable", server.name, "It does not answer."));
  });
  stage("aws", hosts);
  await expect(stop({ stack: "staging", yes: true })).rejects.toThrow(
    /not off:\n {2}r: It does not answer\./,
  );
  ssh.close();
});

test("a server that cannot be told to shut down is named, and the repository server is left on", async () => {
  const ssh = createServer();
  await new Promise<void>((resolve) => ssh.listen(0, "127.0.0.1", resolve));
  const { port } = ssh.address() as { port: number };
  jest
    .mocked(runChecked)
    .mockRejectedValue(transportError("login", "a.hive.example", "It accepts no key."));
  stage("aws", [host("a", "cluster", port), host("r", "repository", port)]);
  await expect(stop({ stack: "staging", yes: true })).rejects.toThrow(
    /not off:\n {2}a: It accepts no key\.\n.*hive stop --stack staging/,
  );
  expect(runChecked).toHaveBeenCalledTimes(1);
  ssh.close();
});
