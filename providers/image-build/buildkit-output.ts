import type { BuildLog } from "./build-log";

/** Reads the output of `docker build --progress=plain`. */
export interface BuildKitReader {
  /** Takes a piece of the output; pieces may be cut anywhere. */
  take(text: string): void;
  /**
   * Takes the rest of the output, and returns why the build failed: the last message; empty if
   * there was none.
   */
  finish(): string;
}

/**
 * BuildKit numbers the parts of a build, which run side by side: `#5 [2/3] RUN make` begins a part,
 * `#5 0.17 cc -c main.c` is its output, `#5 DONE 0.3s` its end. Lines without a number concern the
 * whole build, and come at its end.
 */
export function readBuildKit(log: BuildLog): BuildKitReader {
  const names = new Map<string, string>();
  let rest = "";
  let failure = "";
  let failedStep = "";

  const enter = (number: string): void => {
    const name = names.get(number) ?? "";
    // The failed step stays the current one: others may still write while they are cancelled.
    if (name !== "" && name !== log.step() && failedStep === "") log.enter(name);
  };
  const takeLine = (line: string): void => {
    const part = /^#(\d+) (.*)$/.exec(line);
    if (part === null) {
      if (line.trim() !== "" && !/^(-+| > .*)$/.test(line)) {
        failure = line.trim().replace(/^ERROR: (failed to solve: )?/, "");
      }
      return;
    }
    const [, number = "", said = ""] = part;
    const output = /^\d+\.\d+ (.*)$/.exec(said)?.[1];
    if (output !== undefined) {
      enter(number);
      log.add(output);
    } else if (said.startsWith("ERROR: ")) {
      enter(number);
      failedStep = names.get(number) ?? "";
      failure = said.slice("ERROR: ".length);
    } else if (!names.has(number) && !/^(sha256:|DONE |CACHED$|CANCELED$)/.test(said)) {
      // Newer ones name a stage that has no name (BuildKit 0.11): "[stage-0 2/2] RUN make".
      names.set(number, said.replace(/^\[stage-\d+ /, "["));
      if (!said.startsWith("[internal]")) enter(number);
    }
  };
  return {
    take(text) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? "";
      lines.forEach(takeLine);
    },
    finish() {
      takeLine(rest);
      rest = "";
      return log.mask(failure);
    },
  };
}
