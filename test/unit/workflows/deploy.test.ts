import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly environment: string;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly permissions: Readonly<Record<string, string>>;
  readonly "timeout-minutes": number;
  readonly steps: readonly Step[];
}

const root = join(__dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const text = read(".github/workflows/deploy.yml");
const workflow = parse(text) as {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly defaults: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
};
const jobs = Object.entries(workflow.jobs);
const lastStep = ({ steps }: Job): Step => steps.at(-1) ?? {};
/** The jobs that change a stage. */
const deploying = jobs.filter(([, job]) => lastStep(job).run?.includes("npx hive up") === true);

describe("deploy.yml", () => {
  it("runs what was merged, and never a pull request", () => {
    expect(workflow.on).toEqual({ push: { branches: ["main"] } });
    expect(workflow.jobs["staging"]?.if).toBe("vars.HIVE_RUNNER != ''");
    expect(jobs.map(([name, { needs }]) => [name, needs])).toEqual([
      ["staging", undefined],
      ["production-preview", "staging"],
      ["production", "production-preview"],
    ]);
  });

  it("may only read the repository and ask for a token, each job in the environment of its stage", () => {
    expect(workflow.permissions).toEqual({});
    for (const [name, { permissions, environment }] of jobs) {
      expect(permissions).toEqual({ contents: "read", "id-token": "write" });
      expect(environment).toBe(name);
    }
  });

  it("never has two runs of a stage, and never cancels one", () => {
    expect(deploying.map(([name]) => name)).toEqual(["staging", "production"]);
    for (const [name, job] of deploying) {
      expect(job.concurrency).toEqual({ group: `deploy-${name}`, "cancel-in-progress": false });
      // hive ends by itself before GitHub kills the job.
      const [, grace, minutes] =
        /timeout --signal=INT --kill-after=(\d+)m (\d+)m npx hive up/.exec(
          lastStep(job).run ?? "",
        ) ?? [];
      expect(Number(grace) + Number(minutes)).toBeLessThan(job["timeout-minutes"] - 10);
    }
  });

  it("gives secrets to the step that needs them, and the key that opens servers to no preview", () => {
    const steps = jobs.flatMap(([name, job]) => job.steps.map((step) => [name, step] as const));
    const withSecrets = steps.filter(([, { env }]) =>
      JSON.stringify(env ?? {}).includes("secrets."),
    );
    expect(withSecrets.map(([, { run }]) => run?.includes("npx hive"))).toEqual([true, true, true]);
    expect(
      withSecrets.filter(([, { env }]) => env?.["SSH_KEY"] !== undefined).map(([name]) => name),
    ).toEqual(["staging", "production"]);
    expect(text.match(/secrets\.\w+/g)).toHaveLength(8);
  });

  it("ends when a command before a pipe fails: the default shell of GitHub has no pipefail", () => {
    expect(workflow.defaults).toEqual({ run: { shell: "bash" } });
    expect(text).not.toMatch(/^ +shell: (?!bash$)/m);
  });

  it("pins actions by commit, and puts no value of GitHub's into shell text", () => {
    const steps = jobs.flatMap(([, job]) => job.steps);
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });
});

test("the example for GitLab has the same order, and one run of a stage at a time", () => {
  const pipeline = parse(read("examples/gitlab-ci.yml")) as Record<
    string,
    {
      readonly stage?: string;
      readonly resource_group?: string;
      readonly extends?: string;
      readonly script?: readonly string[];
    }
  > & { readonly stages: readonly string[]; readonly default: object };
  expect(pipeline.stages).toEqual(["preview", "staging", "look", "production"]);
  expect(pipeline.default).toMatchObject({ interruptible: false });
  expect(pipeline["staging"]).toMatchObject({ stage: "staging", resource_group: "staging" });
  expect(pipeline["production"]).toMatchObject({
    ...{ stage: "production", resource_group: "production" },
    rules: [{ when: "manual" }],
  });
  // The job that runs code of a merge request has neither a token nor the runner of the stages.
  expect(pipeline["preview"]).not.toHaveProperty("extends");
  // Whether a failure before a pipe is noticed depends on the image's shell there: it has no pipe.
  const lines = ["preview", "staging", "look", "production"].flatMap(
    (name) => pipeline[name]?.script ?? [],
  );
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) expect(line).not.toMatch(/[^|]\|[^|]/);
});

test("the roles of docs/github-flow.md trust one environment of one repository, and the reading one only reads", () => {
  const [trust, reading] = [...read("docs/github-flow.md").matchAll(/```json\n([^]*?)```/g)].map(
    ([, json = ""]) => (JSON.parse(json) as { readonly Statement: readonly Statement[] }).Statement,
  );
  const said = trust?.[0]?.Condition?.StringEquals ?? {};
  expect(said["token.actions.githubusercontent.com:sub"]).toMatch(
    /^repo:[\w-]+\/[\w-]+:environment:[\w-]+$/,
  );
  const actions = reading?.flatMap(({ Action }) => Action) ?? [];
  expect(actions.length).toBeGreaterThan(4);
  for (const action of actions) expect(action).toMatch(/:(Describe\*|Get\w+|ListBucket|Decrypt)$/);
});

interface Statement {
  readonly Action: string | readonly string[];
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, string>> };
}
