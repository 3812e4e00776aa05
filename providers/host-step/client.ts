import { lastLines } from "../../model/values/last-lines";
import { withoutSecrets } from "../../model/values/without-secrets";
import { progressReporter } from "../progress/progress-line";
import { runCommand } from "../transport/command";
import { describeHost } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";

/** A converge step on one host. */
export interface StepOnHost {
  readonly host: HostAccess;
  /** What it is called: `firewall`. */
  readonly step: string;
  /** The command that converges; see `render/converge.ts`. No secret is in it. */
  readonly script: string;
  /** Its standard input. Secret. Default: empty. */
  readonly input?: string;
  /** The step's own limit, after which it ends itself with an error that says more than ours. */
  readonly timeoutSeconds: number;
}

/**
 * What a step waits for another one on the same host, and for its own end, beyond its limit,
 * seconds.
 */
const graceSeconds = 270;
/** Limit for a look, seconds: longer than it waits for a step that goes on on the host (120 s). */
const lookSeconds = 300;
/**
 * Limit for a connection, seconds. The server has answered before: at its gate, or in an earlier
 * run.
 */
const dialSeconds = 20;

/**
 * Converges. What it does is told as it happens.
 *
 * @throws TransportError when the host cannot be used; Error with the step's own words when it
 *   fails. No secret is in either
 */
export async function convergeHost(step: StepOnHost): Promise<void> {
  const say = progressReporter();
  await run(step, step.script, step.timeoutSeconds + graceSeconds, (text) => {
    const line = text.trimEnd().split("\n").at(-1) ?? "";
    if (line !== "") say(`${step.host.name}: ${step.step}: ${line}`);
  });
}

/**
 * Looks, changing nothing.
 *
 * @returns what is not as the step wants it; empty when all is
 * @throws as {@link convergeHost}
 */
export async function findDifferences(step: StepOnHost): Promise<readonly string[]> {
  const printed = await run(step, `HIVE_MODE=check; ${step.script}`, lookSeconds);
  const mark = "differs ";
  return printed
    .split("\n")
    .filter((line) => line.startsWith(mark))
    .map((line) => line.slice(mark.length));
}

async function run(
  { host, step, input = "", timeoutSeconds }: StepOnHost,
  command: string,
  deadlineSeconds: number,
  onOutput?: (text: string) => void,
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(host, command, {
    stdin: input,
    deadlineSeconds,
    dialSeconds,
    onOutput,
  });
  if (code === 0) return stdout;
  const printed = withoutSecrets(stderr.trim() === "" ? stdout : stderr, [input]).trim();
  const end = printed === "" ? "  (it printed nothing)" : `  ${lastLines(printed).join("\n  ")}`;
  throw new Error(
    code === 124
      ? `On ${describeHost(host)}, the step ${step} timed out after ${timeoutSeconds} s and was killed:\n${end}`
      : `On ${describeHost(host)}, the step ${step} failed with exit code ${code}:\n${end}`,
  );
}
