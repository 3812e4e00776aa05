import { spawn } from "node:child_process";
import { once } from "node:events";
import { commandOf, descendants, killTree } from "../../e2e/process-tree";

test("a run that is ended leaves nothing that it has started, and says what that was", async () => {
  const run = spawn("sh", ["-c", "sh -c 'sleep 301; :' & sleep 302; :"], { stdio: "ignore" });
  const pid = run.pid ?? 0;
  const commands = () => descendants(pid).map(({ command }) => command.replaceAll("\0", " "));
  for (let tries = 0; tries < 100 && commands().length < 3; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const started = descendants(pid);
  const ended = once(run, "close");
  const said = killTree(pid);
  await ended;
  expect(said).toContain("  sleep 301");
  expect(said).toContain("  sleep 302");
  expect(said.split("\n")).toHaveLength(4);
  const running = () => started.filter(({ pid: each }) => commandOf(each) !== "");
  for (let tries = 0; tries < 40 && running().length > 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(running()).toEqual([]);
});
