import { lastLines } from "../../model/values/last-lines";
import { withoutSecrets } from "../../model/values/without-secrets";
import { progressReporter } from "../progress/progress-line";
import { runCommand } from "../transport/command";
import { describeHost } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";

/** A converge step on one host. */
export interface StepOnHost {
  readonly host: HostAccess;
  /** Name of the step: `base and firewall`. */
  readonly step: string;
  /** The command that converges; see `render/converge.ts`. It contains no secret. */
  readonly script: string;
  /** Its standard input. Secret. Default: empty. */
  readonly input?: string;
  /**
   * The step's own limit, seconds. After it the step ends itself, and its error says more than
   * ours.
   */
  readonly timeoutSeconds: number;
}

/**
 * How long a step may take beyond its own limit, to wait for another step on the same host and to
 * end, seconds.
 */
const graceSeconds = 270;
/**
 * Limit for a check, seconds: longer than its wait for a step that still runs on the host (120 s).
 */
const lookSeconds = 300;
/**
 * Limit for a connection, seconds. The server has answered before: at its first contact, or in an
 * earlier run.
 */
const dialSeconds = 20;

/**
 * Runs the step, and reports its progress.
 *
 * @throws TransportError when the host cannot be used; Error with the step's output when it fails.
 *   Neither contains a secret
 */
export async function convergeHost(step: StepOnHost): Promise<void> {
  const say = progressReporter();
  await run(step, step.script, step.timeoutSeconds + graceSeconds, (text) => {
    const line = text.trimEnd().split("\n").at(-1) ?? "";
    if (line !== "") say(`${step.host.name}: ${step.step}: ${line}`);
  });
}

/**
 * Checks the host without changing it.
 *
 * @returns the differences from the wanted state; empty when there are none
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
