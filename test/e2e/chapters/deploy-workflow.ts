import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { StageName } from "../../../model/plan";

/** A stage that runs, as a rehearsal has it. */
export interface DeployedStage {
  readonly stage: StageName;
  /** The project's folder, where `npx hive` is this hive. */
  readonly folder: string;
  /**
   * With what hive finds the stage: `HIVE_HOME`, `HIVE_STAGE_FILE`, and `HIVE_SSH_KEY`, the path of
   * the operator's key.
   */
  readonly env: NodeJS.ProcessEnv;
}

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const file = join(__dirname, "../../../.github/workflows/deploy.yml");
const { jobs } = parse(readFileSync(file, "utf8")) as {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
};

interface Done {
  readonly code: number | null;
  readonly output: string;
  readonly summary: string;
  /** What the step gives to later jobs. */
  readonly outputs: string;
}

/**
 * Runs the last step of a job as GitHub does, on the given stage: all that stands in for GitHub are
 * its files, and the values of its secrets and variables.
 */
function runLastStep(
  job: string,
  site: DeployedStage,
  values: Readonly<Record<string, string>> = {},
): Done {
  const step = jobs[job]?.steps.at(-1);
  if (step?.run === undefined) throw new Error(`The job ${job} ends with no shell step.`);
  const temporary = mkdtempSync(join(tmpdir(), "hive-deploy-"));
  const [output, summary] = [join(temporary, "output"), join(temporary, "summary")];
  const { HIVE_SSH_KEY: key, ...env } = site.env;
  const opensServers = Object.hasOwn(step.env ?? {}, "SSH_KEY");
  try {
    const { status, stdout, stderr } = spawnSync(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run],
      {
        ...{ cwd: site.folder, encoding: "utf8", timeout: 900_000, maxBuffer: 2 ** 26 },
        env: {
          ...env,
          ...{ STAGE: site.stage, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
          TMPDIR: temporary,
          ...(opensServers && key !== undefined ? { SSH_KEY: readFileSync(key, "utf8") } : {}),
          ...values,
        },
      },
    );
    const read = (path: string): string =>
      readdirSync(temporary).includes(path.slice(temporary.length + 1))
        ? readFileSync(path, "utf8")
        : "";
    // The key lay in a folder of the step's own.
    const left = readdirSync(temporary).filter((name) => name.startsWith("tmp."));
    if (left.length > 0) throw new Error(`The step left ${left.join(", ")} behind.`);
    return { code: status, output: stdout + stderr, summary: read(summary), outputs: read(output) };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * The shell steps of `.github/workflows/deploy.yml`, on a stage that is up and has nothing to do.
 *
 * @param site - called when the tests run.
 */
export function deployWorkflow(site: () => DeployedStage): void {
  describe("the steps of deploy.yml", () => {
    let digest = "";
    const heading = (): RegExp => new RegExp(`^### hive: the stage ${site().stage}\n`);

    it("of staging: previews, judges the rules, and brings the stage up", () => {
      const { code, output, summary } = runLastStep("staging", site());
      expect(output).toMatch(/Policies:[^]*hive@/);
      expect(code).toBe(0);
      expect(summary).toMatch(heading());
      expect(output + summary).not.toContain("PRIVATE KEY");
    });

    it("of production's preview: needs no key of an operator, and says which preview it was", () => {
      const { code, summary, outputs } = runLastStep("production-preview", site());
      expect(code).toBe(0);
      expect(summary).toMatch(heading());
      [, digest = ""] = /^digest=([0-9a-f]{64})\n$/.exec(outputs) ?? [];
      expect(digest).toBe(createHash("sha256").update(summary).digest("hex"));
      rmSync(join(site().folder, "preview.md"));
    });

    it("of production: refuses another preview than the approved one, before anything changes", () => {
      const other = createHash("sha256").update("another preview").digest("hex");
      const { code, output, summary } = runLastStep("production", site(), { APPROVED: other });
      expect(code).toBe(1);
      expect(output).toMatch(/^::error::.*changed since the approval; nothing was changed/m);
      expect(output).not.toMatch(/build-infra/);
      expect(summary).toMatch(heading());
    });

    it("of production: brings up what was approved", () => {
      const { code } = runLastStep("production", site(), { APPROVED: digest });
      expect(code).toBe(0);
    });
  });
}
