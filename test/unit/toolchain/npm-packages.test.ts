import { runModule } from "./run-module";

const lock = {
  packages: {
    "": { name: "hive" },
    "node_modules/zod": { version: "4.6.7", integrity: "sha512-z" },
    "node_modules/fsevents": { version: "2.3.3", integrity: "sha512-f", optional: true },
  },
};
const zod = { "node_modules/zod": { version: "4.6.7", integrity: "sha512-z" } };

describe("npm packages", () => {
  it.each([
    [
      "what the lock file asks for, without an optional package of another platform",
      { packages: zod },
      true,
    ],
    [
      "an older version",
      { packages: { "node_modules/zod": { version: "4.6.6", integrity: "sha512-z" } } },
      false,
    ],
    [
      "other content under the same version",
      { packages: { "node_modules/zod": { version: "4.6.7", integrity: "?" } } },
      false,
    ],
    [
      "a package too many",
      { packages: { ...zod, "node_modules/left": { version: "1.0.0" } } },
      false,
    ],
    ["nothing", undefined, false],
  ])("an installation of %s", async (_what, installed, expected) => {
    const matches = await runModule<boolean>(`
      import { installedMatchesLock } from "./toolchain/steps/npm-packages.mjs";
      result(installedMatchesLock(${JSON.stringify(lock)}, ${JSON.stringify(installed)}));`);
    expect(matches).toBe(expected);
  });

  it("are installed anew for another lock file or another major version of Node.js", async () => {
    const [base, otherLock, otherNode, patch] = await runModule<string[]>(`
      import { npmKey } from "./toolchain/steps/npm-packages.mjs";
      result([npmKey("a", "20.20.2"), npmKey("b", "20.20.2"), npmKey("a", "22.1.0"), npmKey("a", "20.21.0")]);`);
    expect(otherLock).not.toBe(base);
    expect(otherNode).not.toBe(base);
    expect(patch).toBe(base);
  });
});
