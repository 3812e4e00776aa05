import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { firstServiceSteps, withEntry } from "../../first-service-page";
import { docker, eventually, type Finished, type TestStage } from "../test-stage";

/** What differs from run to run in what the page shows: servers, tasks, times. */
const pattern = (line: string): RegExp =>
  new RegExp(
    line
      .trim()
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replace(/p-hive\d/, "p-hive\\d")
      .replace(/\\\(\w{5}\\\)/, "\\(\\w{5}\\)")
      .replace(/\d+\\\.\d s/, "[\\d.]+ s"),
  );

/**
 * Does what docs/first-service.md says, word for word, on a stage that is up; its addresses instead
 * of those of the page. The site is as before at the end, the volume gone.
 *
 * @param network - the first three numbers of the stage's addresses: "172.29.72"
 */
export function firstService(stage: TestStage, network: string): void {
  const hive = async (args: readonly string[]): Promise<Finished> => {
    const run = await stage.hive(args, { deadlineSeconds: 600 });
    if (run.code !== 0) throw new Error(`hive ${args.join(" ")}: ${run.code}\n${run.output}`);
    return run;
  };
  /** The address of the server on which the guestbook's only task runs. */
  const addressOfTask = (): string => {
    const node = docker(
      ...["exec", `p-hive0.${stage.siteName}`, "docker", "service", "ps", "guestbook"],
      ...["--filter", "desired-state=running", "--format", "{{.Node}}"],
    ).trim();
    return `${network}.${4 + Number(/p-hive(\d)/.exec(node)?.[1])}`;
  };
  /** Types lines into a shell in the project's folder. */
  const typed = (lines: readonly string[]): string => {
    const script = [
      'npx() { shift; node cli/bin.js "$@"; }',
      ...lines.map((line) =>
        line
          .replace("172.29.16.4", `${network}.4`)
          .replace(/172\.29\.16\.\d+/, () => addressOfTask()),
      ),
    ].join("\n");
    const { stdout, stderr } = spawnSync("bash", ["-ec", script], {
      cwd: stage.directory,
      encoding: "utf8",
      timeout: 60_000,
      env: { ...process.env, NO_COLOR: "1" },
    });
    return `${stdout}${stderr}`;
  };

  describe("docs/first-service.md", () => {
    const site = "site/site.ts";
    let before = "";
    let last = "";
    beforeAll(() => (before = stage.read(site)));

    const titled = firstServiceSteps().map((step, index) => {
      const what =
        step.kind === "commands" || step.kind === "session"
          ? step.lines.join("; ")
          : step.kind === "file"
            ? step.path
            : step.kind;
      return [`${index + 1}, ${what}`, step] as const;
    });
    it.each(titled)("step %s", async (_title, step) => {
      switch (step.kind) {
        case "commands":
          for (const line of step.lines) {
            const [npx, name, ...args] = line.split(" ");
            expect([npx, name]).toEqual(["npx", "hive"]);
            last = (await hive(args)).output;
          }
          return;
        case "file":
          stage.write(step.path, step.text);
          if (step.text.startsWith("#!")) chmodSync(join(stage.directory, step.path), 0o755);
          return;
        case "entry":
          return stage.write(site, withEntry(stage.read(site), step.list, step.text));
        case "session":
          // A port answers a moment after its task is healthy.
          return eventually(20, () => {
            const text = typed(step.lines);
            if (step.prints.every((line) => text.includes(line.trim()))) return true;
            last = text;
            return undefined;
          }).then(
            () => undefined,
            () => expect(last).toContain(step.prints.join("\n")),
          );
        case "output":
          for (const line of step.prints) expect(last).toMatch(pattern(line));
      }
    });

    it("is removed as its last table says", async () => {
      stage.write(site, before);
      for (const name of ["guestbook", "read-book"])
        stage.write(`site/services/${name}.ts`, undefined);
      const { output } = await hive(["up", "--yes"]);
      expect(output).toContain("guestbook-data");
      expect(readFileSync(join(stage.directory, site), "utf8")).toBe(before);
    });
  });
}
