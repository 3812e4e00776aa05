import { withRegistryRunning } from "../../providers/registry/registry-running";
import { type FakeHost, startFakeHost } from "./fake/fake-host";

const unit = "hive-registry.service";
const refused =
  'server error - Get "https://registry.example:5000/v2/": dial tcp 10.0.0.7:5000: connect: connection refused';

let host: FakeHost;
let commands: string[];
let code: number;
beforeEach(async () => {
  commands = [];
  code = 0;
  host = await startFakeHost("hive3.example", undefined, (command) => {
    commands.push(command);
    return code === 0 ? { code } : { code, stderr: "Unit hive-registry.service not found." };
  });
});
afterEach(() => host.stop());

/** Work that fails so many times because nothing listens, and then succeeds. */
const failing = (times: number, message = refused) => {
  let left = times;
  return jest.fn(() => (left-- > 0 ? Promise.reject(new Error(message)) : Promise.resolve("done")));
};

describe("a registry that was stopped", () => {
  it("is left alone while it answers", async () => {
    expect(await withRegistryRunning({ host: host.access, unit }, failing(0))).toBe("done");
    expect(commands).toEqual([]);
  });

  it("is started once, and asked until it answers", async () => {
    const work = failing(3);
    expect(await withRegistryRunning({ host: host.access, unit }, work)).toBe("done");
    expect(commands).toEqual([`sudo systemctl start ${unit}`]);
    expect(work).toHaveBeenCalledTimes(4);
  });

  it("that cannot be started is an error with both reasons", async () => {
    code = 5;
    const run = withRegistryRunning({ host: host.access, unit }, failing(9));
    await expect(run).rejects.toThrow(/connection refused[^]*could not be started[^]*not found/);
  });

  it("is not the reason of other failures, and somebody else's is not started", async () => {
    const other = failing(1, "manifest unknown");
    await expect(withRegistryRunning({ host: host.access, unit }, other)).rejects.toThrow(
      "manifest unknown",
    );
    await expect(withRegistryRunning(undefined, failing(1))).rejects.toThrow("connection refused");
    expect(commands).toEqual([]);
  });
});
