import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { unpin as unpinCommand } from "../../../cli/commands/rollback";
import type { releaseServices } from "../../../cli/releases/release-services";
import { withPin } from "../../../cli/releases/pins";
import type { Stack } from "../../../cli/pulumi/stack";
import type { Plan } from "../../../model/plan";
import { processTerminal } from "../../../cli/terminal";

const mockFolder = mkdtempSync(join(tmpdir(), "hive-pins-"));
const mockReleased: string[][] = [];
jest.mock("../../../cli/project", () => ({
  ...jest.requireActual<object>("../../../cli/project"),
  projectFolder: mockFolder,
  stageFilePath: (stage: string) => `${mockFolder}/Pulumi.${stage}.yaml`,
}));
jest.mock("../../../cli/pulumi/open-stack", () => ({
  openStack: () =>
    Promise.resolve({
      exists: () => Promise.resolve(true),
      state: () => Promise.resolve({ resources: [], pending: [] }),
    }),
}));
jest.mock("../../../cli/status/after-run", () => ({ endWithJudgement: () => Promise.resolve(5) }));
jest.mock("../../../cli/releases/release-services", () => ({
  releaseServices: (_stack: unknown, _plan: unknown, services: string[]) => {
    mockReleased.push(services);
    return Promise.resolve({ services: {} });
  },
}));

for (const name of ["site", "platform"])
  symlinkSync(join(__dirname, "..", "..", "..", name), join(mockFolder, name));

const file = join(mockFolder, "Pulumi.private.yaml");
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const before = readFileSync(join(__dirname, "..", "..", "..", "Pulumi.private.yaml"), "utf8");
let printed = "";

beforeEach(() => {
  printed = "";
  mockReleased.length = 0;
  jest
    .spyOn(process.stdout, "write")
    .mockImplementation((text) => ((printed += String(text)), true));
});
afterEach(() => void jest.restoreAllMocks());
afterAll(() => rmSync(mockFolder, { recursive: true }));

/** Loaded when it is used, after the stand-ins. */
const unpin: typeof unpinCommand = (options) =>
  (require("../../../cli/commands/rollback") as { unpin: typeof unpinCommand }).unpin(options);
const unpinned = (image: string): Promise<number> => unpin({ stack: "private", image, yes: true });

describe("hive unpin", () => {
  test("takes the pin out and rolls out the services that run the image", async () => {
    writeFileSync(file, withPin(before, "portal", digest("a")));
    // The site is not whole: the run's judgement is the command's.
    expect(await unpinned("portal")).toBe(5);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(mockReleased).toEqual([["portal"]]);
  });

  test("takes out the pin of an image that the site no longer has, and rolls out nothing", async () => {
    writeFileSync(file, withPin(before, "retired", digest("a")));
    expect(await unpinned("retired")).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(mockReleased).toEqual([]);
    expect(printed).toContain("rolls out nothing: no service of the site runs it.");
  });

  test("of what is not pinned names what is, and changes nothing", async () => {
    const text = withPin(before, "portal", digest("a"));
    writeFileSync(file, text);
    await expect(unpinned("am")).rejects.toThrow(
      "am is not pinned on the stage private. Pinned images: portal.",
    );
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("names the other pins that are wrong", async () => {
    writeFileSync(file, withPin(withPin(before, "gone", digest("a")), "portal", digest("b")));
    await expect(unpinned("portal")).rejects.toThrow("npx hive unpin gone --stack private");
  });

  test("of an unknown stage is refused", async () => {
    await expect(unpin({ stack: "stagin", image: "portal", yes: true })).rejects.toThrow("staging");
    await expect(unpin({ stack: "staging", image: "portal", yes: true })).rejects.toThrow(
      "The stage staging has no configuration",
    );
  });
});

test("a release of no service is refused: the engine would take it for all", async () => {
  const actual = jest.requireActual<{ releaseServices: typeof releaseServices }>(
    "../../../cli/releases/release-services",
  );
  const stack = {} as Stack;
  const plan = { stage: "private" } as Plan;
  await expect(actual.releaseServices(stack, plan, [], processTerminal())).rejects.toThrow(
    "There is no service to release on the stage private.",
  );
});
