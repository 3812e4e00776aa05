import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import type { Command } from "commander";
import { commandLine } from "../../../cli/command-line/program";
import { writePart } from "../../../cli/commands/new";
import type { NewKind } from "../../../cli/new/new-files";
import { prepare, siteFile } from "../../../cli/new/prepare";
import type { Plan } from "../../../model/plan";
import { planStack } from "../../../model/plan-site";
import type { Site } from "../../../model/site";
import { lookIntoProject, readFromProject } from "../../../providers/project-lookup";
import { firstServiceSteps, withEntry } from "../../first-service-page";
import { rawStage } from "../model/plans";

const root = join(__dirname, "../../..");
const steps = firstServiceSteps();

describe("docs/first-service.md", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hive-first-service-"));
    cpSync(join(root, "site"), join(folder, "site"), { recursive: true });
    for (const name of ["model", "fleet", "platform", "node_modules"])
      symlinkSync(join(root, name), join(folder, name));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let copies = 0;
  /** The site as it is now. Jest reads each file once, so every look is at a copy. */
  const loaded = (): Site => {
    copies += 1;
    cpSync(join(folder, "site"), join(folder, `copy${copies}`), { recursive: true });
    return (require(join(folder, `copy${copies}`, "site.ts")) as { site: Site }).site;
  };
  const planned = (): Plan =>
    planStack({
      stackName: "private",
      config: rawStage,
      site: loaded(),
      building: true,
      look: lookIntoProject(folder),
      read: readFromProject(folder),
      filesNeeded: true,
    });
  const siteText = (): string => readFileSync(join(folder, siteFile), "utf8");
  const commands = commandLine(async (code) => void (await code)).commands.map((each: Command) =>
    each.name(),
  );

  /** Runs `hive new`; plans for `hive up`; other commands have to exist. */
  function act(line: string, plans: Plan[]): void {
    const [npx, hive, command = "", ...args] = line.split(" ");
    expect([npx, hive]).toEqual(["npx", "hive"]);
    expect(commands).toContain(command);
    if (command === "up") plans.push(planned());
    if (command !== "new") return;
    const [kind, name = "", option, image] = args;
    expect(option === undefined || option === "--image").toBe(true);
    const request = {
      kind: kind as NewKind,
      name,
      ...(image === undefined ? {} : { image }),
      fromStage: false,
      register: true,
    };
    const exists = (path: string): boolean => existsSync(join(folder, path));
    writePart(prepare(request, { siteText: siteText(), site: loaded(), exists }), folder);
  }

  it("leads to a site that can be planned at every step, and to what it promises", () => {
    const plans: Plan[] = [];
    for (const step of steps) {
      if (step.kind === "commands") for (const line of step.lines) act(line, plans);
      if (step.kind === "entry")
        writeFileSync(join(folder, siteFile), withEntry(siteText(), step.list, step.text));
      if (step.kind === "file") {
        const file = join(folder, step.path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, step.text);
      }
    }
    const [first, second, third] = plans.map(({ services }) => services);
    const guestbook = (services: Plan["services"] | undefined) =>
      services?.find(({ name }) => name === "guestbook");
    expect(plans).toHaveLength(3);
    expect(guestbook(first)?.mode).toEqual({ kind: "global" });
    expect(guestbook(first)?.ports[0]).toMatchObject({ published: 8080, mode: "host" });
    expect(guestbook(second)).toMatchObject({
      mode: { kind: "replicated", replicas: 1 },
      mounts: [{ target: "/var/lib/guestbook" }],
    });
    expect(plans[1]?.volumes.map(({ name }) => name)).toContain("guestbook-data");
    expect(third?.find(({ name }) => name === "read-book")?.mode).toEqual({
      kind: "job",
      schedule: "30 2 * * *",
      retries: 2,
    });
  });

  it("is made of files in the project's style", () => {
    const files = steps
      .flatMap((step) => (step.kind === "file" ? [step.path] : []))
      .filter((path) => path.endsWith(".ts"));
    expect(files).toHaveLength(2);
    const prettier = join(root, "node_modules/.bin/prettier");
    const args = ["--print-width", "100", "--check", siteFile, ...files];
    const { stdout, stderr } = spawnSync(prettier, args, { cwd: folder, encoding: "utf8" });
    expect(`${stdout}${stderr}`).toContain("All matched files use Prettier code style!");
  });
});
