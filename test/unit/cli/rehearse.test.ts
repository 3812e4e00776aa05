import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rehearse } from "../../../cli/commands/rehearse";
import { loadPlan } from "../../../cli/plan";
import { privateFolder, stageFolder } from "../../../cli/project";
import { pulumiEnvironment } from "../../../cli/pulumi/environment";
import { stageFileName } from "../../../cli/stage-file";
import { rehearsalOverlay } from "../../../rehearsal/overlay";
import { raiseQuota } from "../../../rehearsal/quota";
import { rehearsalStatus, startRehearsal } from "../../../rehearsal/rehearsal";
import { planAws } from "../fleet/aws/aws-plans";

jest.mock("node:child_process");
jest.mock("../../../cli/plan");
jest.mock("../../../cli/project");
jest.mock("../../../cli/pulumi/environment");
jest.mock("../../../cli/stage-file");
jest.mock("../../../rehearsal/overlay");
jest.mock("../../../rehearsal/private-network");
jest.mock("../../../rehearsal/quota", () => ({
  ...jest.requireActual<object>("../../../rehearsal/quota"),
  raiseQuota: jest.fn(),
}));
jest.mock("../../../rehearsal/rehearsal");

const folder = mkdtempSync(join(tmpdir(), "hive-rehearse-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let errors: string;

beforeEach(() => {
  jest.resetAllMocks();
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  jest.mocked(loadPlan).mockReturnValue(planAws());
  jest.mocked(stageFolder).mockReturnValue({ path: folder } as never);
  jest.mocked(stageFileName).mockReturnValue("Pulumi.staging.yaml");
  jest.mocked(privateFolder).mockImplementation((path) => path);
  jest.mocked(pulumiEnvironment).mockResolvedValue({});
  jest.mocked(startRehearsal).mockResolvedValue({ endpoint: "", computer: "" } as never);
  jest.mocked(rehearsalOverlay).mockReturnValue({ text: "", differences: [], missingSecrets: [] });
  jest.mocked(spawnSync).mockReturnValue({ status: 0 } as never);
});
afterEach(() => jest.restoreAllMocks());

/** What is said on standard error after a command of the rehearsal has ended. */
async function saidAfter(code: number, problems: readonly string[]): Promise<string> {
  jest.mocked(rehearsalStatus).mockReturnValue({ problems } as never);
  jest.mocked(spawn).mockImplementation(() => {
    errors = "";
    const child = new EventEmitter() as ChildProcess;
    setImmediate(() => child.emit("close", code));
    return child;
  });
  expect(await rehearse({ stage: "staging", words: ["up", "--yes"] })).toBe(code);
  return errors;
}

test("after a command that failed, the rehearsal says what it could not make real", async () => {
  const own = join(folder, "rehearsal");
  mkdirSync(own);
  writeFileSync(join(own, "operator"), "");
  writeFileSync(join(own, "operator.pub"), "ssh-ed25519 AAAA rehearsal\n");
  const problems = ["i-1: no loop device is free", "eip-2: the address is taken"];
  expect(await saidAfter(1, problems)).toBe(
    `The rehearsal could not make this real:\n${problems.join("\n")}\n`,
  );
  expect(await saidAfter(1, [])).toBe("");
  expect(await saidAfter(0, problems)).toBe("");
});

test("a quota of the emulated account is raised, and no command runs", async () => {
  expect(await rehearse({ stage: "staging", words: [], raiseQuota: "ec2/L-0263D0A3=8" })).toBe(0);
  const quota = { service: "ec2", code: "L-0263D0A3", value: 8 };
  expect(jest.mocked(raiseQuota).mock.calls).toEqual([[expect.anything(), quota]]);
  expect(jest.mocked(spawn)).not.toHaveBeenCalled();
});

test.each(["8", "ec2=8", "ec2/L-0263D0A3", "ec2/L-0263D0A3=0", "ec2/L-0263D0A3=8.5", ""])(
  "%j is no quota, and nothing is started for it",
  async (raiseQuota) => {
    await expect(rehearse({ stage: "staging", words: [], raiseQuota })).rejects.toThrow(
      /^--raise-quota: .* is not a quota\. Write the service, the code of the quota and the new value/,
    );
    expect(jest.mocked(startRehearsal)).not.toHaveBeenCalled();
  },
);
