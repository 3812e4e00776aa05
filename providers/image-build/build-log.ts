import { withoutSecrets } from "../../model/values/without-secrets";
import { steadyProgress } from "../progress/steady-progress";

/** The output of a build so far. Secrets that steps printed are masked. */
export interface BuildLog {
  /** A step begins; gets the builder's name for it. */
  enter(step: string): void;
  /** Output of the step; any number of lines. */
  add(output: string): void;
  /** The step that began last; empty before the first. */
  step(): string;
  /** Output of all steps, in lines. */
  lines(): readonly string[];
  /** Masks the secrets in a text. */
  mask(text: string): string;
  /** Always call it at the end. */
  end(): void;
}

/**
 * Keeps the log of a build and reports progress.
 *
 * @param imageName - `<repository>:<tag>`
 * @param secrets - values that must not be shown; also applied to each line of a value
 */
export function startBuildLog(imageName: string, secrets: readonly string[]): BuildLog {
  const progress = steadyProgress(`image ${imageName.replace(/^.*\/|:[^/]*$/g, "")}`);
  const mask = (text: string): string => withoutSecrets(text, secrets);
  const log: string[] = [];
  let step = "";
  return {
    enter(name) {
      step = mask(name.trim());
      progress.say(step);
    },
    add(output) {
      const lines = mask(withoutColours(output))
        .split(/[\r\n]+/)
        .filter((line) => line.trim() !== "");
      log.push(...lines.map((line) => line.trimEnd()));
      const last = lines.findLast((line) => !isBuilderTalk(line, step))?.trim();
      if (last !== undefined) progress.say(step === "" ? last : `${step} · ${last}`);
    },
    step: () => step,
    lines: () => log,
    mask,
    end: () => progress.end(),
  };
}

/**
 * The builder's remarks on its own work, besides the step, which is reported anyway: ids of layers
 * and containers.
 */
function isBuilderTalk(line: string, step: string): boolean {
  return line.trim() === step || /^ *---> |^Removing intermediate container/.test(line);
}

/** Builders colour the standard error of a step. */
function withoutColours(text: string): string {
  const escape = String.fromCharCode(27);
  return text.replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, "g"), "");
}
