import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
const file = join(__dirname, "../../../.github/workflows/preview.yml");
const workflow = parse(readFileSync(file, "utf8")) as {
  readonly on: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly jobs: Readonly<Record<string, Job>>;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hive-workflow-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** How GitHub calls bash: where no workflow names it, a failure before a pipe is not noticed. */
const bash =
  workflow.defaults?.run?.shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];

/** Runs the shell text of a job's last step as GitHub does, with stand-ins for programs. */
function runLastStep(
  job: string,
  programs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): { readonly code: number | null; readonly read: (name: string) => string } {
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!/bin/bash\n${text}`, { mode: 0o755 });
  const text = workflow.jobs[job]?.steps.at(-1)?.run ?? "exit 9";
  const { status } = spawnSync("bash", [...bash, "-c", text], {
    cwd: folder,
    env: {
      ...{ PATH: `${folder}:${process.env["PATH"]}`, ...env },
      ...{ GITHUB_OUTPUT: join(folder, "output"), GITHUB_STEP_SUMMARY: join(folder, "summary") },
    },
  });
  return { code: status, read: (name) => readFileSync(join(folder, name), "utf8") };
}

test("the job that runs a pull request's code has no right but to read, and no secret is named", () => {
  expect(workflow.on).toBe("pull_request");
  expect(workflow.permissions).toEqual({});
  expect(workflow.jobs["preview"]?.permissions).toEqual({ contents: "read" });
  expect(readFileSync(file, "utf8")).not.toMatch(/secrets\./);
  // The job that may comment takes no code from anywhere.
  expect(workflow.jobs["comment"]?.steps.filter(({ uses }) => uses !== undefined)).toEqual([]);
});

test("a command that fails before a pipe ends its step", () => {
  expect(workflow.defaults).toEqual({ run: { shell: "bash" } });
});

test("actions of others are pinned by commit, and no value of the request stands in shell text", () => {
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
  expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
});

test("each stage is previewed; a stage without a plan says why, and the others are there", () => {
  const npx = `stage=$4; [ "$stage" != staging ] || { echo "hive:aws.sshSources: missing" >&2; exit 2; }
    printf '### hive: the stage %s\\nfrom %s\\n' "$stage" "$6"`;
  const { code, read } = runLastStep("preview", { npx }, { BASE: "abc123" });
  expect(code).toBe(0);
  expect(read("summary")).toMatch(
    /### hive: the stage private\nfrom abc123\n### hive: the stage staging\n\nNo preview:\n\n````\nhive:aws\.sshSources: missing\n````\n### hive: the stage production\nfrom abc123/,
  );
  const outputs = read("output");
  expect(outputs).toMatch(/^private<<(END-[0-9a-f]{32})\n### hive[^]*\n\1\nstaging<<END-/);
});

describe("the comment of a stage", () => {
  const gh = `if [ "$2" = --paginate ]; then echo "$HEADING" >> asked; cat ids 2>/dev/null || true; exit; fi
    echo "$3 $4" >> calls; cat comment >> bodies`;
  const env = {
    ...{ COMMENTS: "repos/a/b/issues/7/comments", EDITED: "repos/a/b/issues/comments" },
    ...{ PRIVATE: "### hive: the stage private\n`$(touch owned)`", STAGING: "", PRODUCTION: "" },
  };

  test("is made the first time", () => {
    const { code, read } = runLastStep("comment", { gh }, env);
    expect(code).toBe(0);
    expect(read("asked")).toBe("### hive: the stage private\n");
    expect(read("calls")).toBe("POST repos/a/b/issues/7/comments\n");
    expect(read("bodies")).toBe("### hive: the stage private\n`$(touch owned)`");
    expect(() => read("owned")).toThrow();
  });

  test("is edited from then on", () => {
    writeFileSync(join(folder, "ids"), "11\n12\n");
    const { code, read } = runLastStep("comment", { gh }, env);
    expect(code).toBe(0);
    expect(read("calls")).toBe("PATCH repos/a/b/issues/comments/11\n");
  });

  test("is not made a second time when GitHub does not say which there are", () => {
    const failing = `[ "$2" != --paginate ] || exit 1\n${gh}`;
    const { code, read } = runLastStep("comment", { gh: failing }, env);
    expect(code).toBe(1);
    expect(() => read("calls")).toThrow();
  });
});
