import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { runModule } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("process");

interface Failure {
  message: string;
  tail: string[];
  remedy: string[];
}

function failureOf(script: string, options = ""): Promise<Failure> {
  return runModule<Failure>(`
    import { runLogged } from "./toolchain/mechanics/process.mjs";
    const abort = new AbortController();
    const error = await runLogged("sh", ["-c", ${JSON.stringify(script)}], {
      what: "The build", log: ${JSON.stringify(path.join(folder, "build.log"))}, signal: abort.signal, timeoutMs: 20_000, ${options}
    }).catch((error) => error);
    result({ message: error.message, tail: error.tail, remedy: error.remedy });`);
}

describe("a long program that fails", () => {
  it("is reported with its exit code and its last lines", async () => {
    const failure = await failureOf("seq 1 100; echo the reason >&2; exit 3");
    expect(failure.message).toBe("The build failed (exit 3)");
    expect(failure.tail.slice(-2)).toEqual(["100", "the reason"]);
    expect(failure.tail.length).toBeLessThanOrEqual(12);
    expect(readFileSync(path.join(folder, "build.log"), "utf8")).toContain("\n1\n2\n3\n");
  });

  it.each([
    ["a full disk", "write /x: no space left on device", /disk is full/i],
    [
      "a server that cannot be reached",
      "dial tcp: lookup proxy.example: no such host",
      /could not be reached/,
    ],
    ["memory that ran out", "compile: signal: killed", /out of memory/],
  ])("names %s and the way out", async (_what, output, remedy) => {
    const failure = await failureOf(`echo '${output}'; exit 1`);
    expect(failure.remedy.join("\n")).toMatch(remedy);
  });

  it("is killed with its children when its time is over", async () => {
    const mark = path.join(folder, "survivor");
    const failure = await failureOf(`(sleep 2; touch ${mark}) & sleep 30`, "timeoutMs: 300,");
    expect(failure.message).toContain("timed out after");
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(existsSync(mark)).toBe(false);
  });

  it("that is not there is named", async () => {
    const message = await runModule<string>(`
      import { runLogged } from "./toolchain/mechanics/process.mjs";
      const options = { what: "npm ci", log: ${JSON.stringify(path.join(folder, "none.log"))}, signal: new AbortController().signal, timeoutMs: 1000 };
      result(await runLogged("/nowhere/npm", ["ci"], options).catch((error) => error.message));`);
    expect(message).toContain("npm ci could not be started");
    expect(message).toContain("/nowhere/npm");
  });
});
