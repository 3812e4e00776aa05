import { runModule } from "./run-module";

/** What is written for steps that take the given times. */
function output(body: string, options = ""): Promise<string> {
  return runModule(`
    import { createProgress } from "./toolchain/mechanics/progress.mjs";
    import { runGraph } from "./toolchain/mechanics/graph.mjs";
    import { StepError } from "./toolchain/mechanics/step-error.mjs";
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    let text = "";
    const progress = createProgress({ stream: { write: (part) => { text += part; } }, ${options} });
    const step = (title, run, needs = []) => ({ name: title, title, needs, run });
    await runGraph([${body}], { signal: new AbortController().signal, listener: progress });
    progress.close();
    result(text.replace(/[\\d.]+ s/g, "N s"));`);
}

describe("progress without a terminal", () => {
  it("is one line for what was found, and more for what takes its time", async () => {
    const text = await output(`
      step("npm packages", async () => ({ changed: false, detail: "present" })),
      step("Pulumi CLI", async ({ report }) => { report("downloading"); await sleep(600); report("building"); await sleep(50); return { changed: true, detail: "built" }; })`);
    expect(text.split("\n").map((line) => line.replace(/^\[ *N s\] /, ""))).toEqual([
      "npm packages: present (N s)",
      "Pulumi CLI: downloading",
      "Pulumi CLI: building",
      "Pulumi CLI: built (N s)",
      "",
    ]);
  });

  it("says nothing of what was found when it is to be quiet", async () => {
    const text = await output(
      `step("npm packages", async () => ({ changed: false, detail: "present" })), step("b", async () => ({ changed: true, detail: "made" }))`,
      "quiet: true",
    );
    expect(text).not.toContain("npm packages");
    expect(text).toContain("b: made");
  });

  it("shows a failure with the last lines, the log and the remedy, and what was not tried because of it", async () => {
    const text = await output(`
      step("docker", async () => { throw new StepError("no engine answers", { tail: ["last words"], log: "/logs/docker.log", remedy: ["Install one:", "  apt-get install docker.io"] }); }),
      step("image", async () => ({ changed: true, detail: "" }), ["docker"])`);
    expect(text).toContain(
      "docker: FAILED (N s)\n    no engine answers\n      | last words\n    Whole output: /logs/docker.log\n    What to do:\n      Install one:\n        apt-get install docker.io\n",
    );
    expect(text).toContain('image: skipped, because "docker" did not succeed');
  });
});

describe("progress on a terminal", () => {
  it("draws a live line for a running step and takes it away at the end", async () => {
    const text = await output(
      `step("Pulumi CLI", async ({ report }) => { report("building"); await sleep(900); return { changed: true, detail: "built" }; })`,
      "live: true",
    );
    expect(text).toContain("  ... Pulumi CLI: building (N s)\n");
    expect(text.lastIndexOf("\u001b[1A\u001b[0J")).toBeGreaterThan(text.lastIndexOf("..."));
    expect(text.trimEnd().endsWith("Pulumi CLI: built (N s)")).toBe(true);
  });
});
