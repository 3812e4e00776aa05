import { runModule } from "./run-module";

const steps = `
import { runGraph, limiter } from "./toolchain/mechanics/graph.mjs";
const log = [];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const step = (name, needs, run = async () => ({ changed: true, detail: "" })) => ({
  name, title: name, needs,
  run: async (context) => { log.push("+" + name); try { return await run(context); } finally { log.push("-" + name); } },
});
const never = new AbortController().signal;
const statuses = (results) => Object.fromEntries(results.map((r) => [r.name, r.because ? r.status + ":" + r.because : r.status]));
`;

describe("the graph of steps", () => {
  it("runs what does not depend on each other side by side, and a step after what it needs", async () => {
    const log = await runModule<string[]>(`${steps}
      await runGraph([step("image", ["docker"]), step("docker", [], () => sleep(40)), step("npm", [], () => sleep(80))], { signal: never });
      result(log);`);
    expect(log.slice(0, 2).sort()).toEqual(["+docker", "+npm"]);
    expect(log.indexOf("+image")).toBeGreaterThan(log.indexOf("-docker"));
    expect(log.indexOf("-image")).toBeLessThan(log.indexOf("-npm"));
  });

  it("finishes the others when one fails, and does not try what needs it", async () => {
    const outcome = await runModule<Record<string, string>>(`${steps}
      const results = await runGraph([
        step("docker", [], async () => { throw new Error("no engine"); }),
        step("image", ["docker"]), step("tag", ["image"]), step("npm", [], () => sleep(30)),
      ], { signal: never });
      result(statuses(results));`);
    expect(outcome).toEqual({
      docker: "failed",
      image: "skipped:docker",
      tag: "skipped:docker",
      npm: "done",
    });
  });

  it("cancels everything when it is interrupted, and starts nothing more", async () => {
    const outcome = await runModule<{ statuses: Record<string, string>; log: string[] }>(`${steps}
      const abort = new AbortController();
      setTimeout(() => abort.abort(new Error("interrupted")), 30);
      const results = await runGraph([
        step("cli", [], ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))),
        step("launcher", ["cli"]),
      ], { signal: abort.signal });
      result({ statuses: statuses(results), log });`);
    expect(outcome.statuses).toEqual({ cli: "cancelled", launcher: "cancelled" });
    expect(outcome.log).toEqual(["+cli", "-cli"]);
  });

  it.each([
    ["each other in a circle", `[step("a", ["b"]), step("b", ["a"])]`, "a → b → a"],
    ["one that is not there", `[step("a", ["ghost"])]`, "a needs ghost"],
  ])("says when steps need %s", async (_what, graph, message) => {
    const text = await runModule<string>(`${steps}
      result(await runGraph(${graph}, { signal: never }).then(() => "", (error) => error.message));`);
    expect(text).toContain(message);
  });

  it("runs no more heavy actions at once than it was told", async () => {
    const most = await runModule<number>(`${steps}
      const heavy = limiter(2);
      let now = 0, most = 0;
      await Promise.all(Array.from({ length: 6 }, () => heavy(async () => {
        most = Math.max(most, ++now); await sleep(10); now--;
      }, never)));
      result(most);`);
    expect(most).toBe(2);
  });
});
