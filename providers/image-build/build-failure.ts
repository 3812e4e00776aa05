import { lastLineCount, lastLines } from "../../model/values/last-lines";

/** Characters of a step's name that are shown: a RUN instruction may be a whole script. */
const STEP_CHARACTERS = 300;

/**
 * The message for a failed build, short enough for an answer to Pulumi.
 *
 * @param step - the builder's name for it; empty if none had started
 * @param failure - the builder's error
 * @param log - lines of output of all steps, without secrets
 */
export function describeBuildFailure(
  hostName: string,
  request: { readonly contextFolder: string; readonly name: string },
  step: string,
  failure: string,
  log: readonly string[],
): string {
  const end = log.slice(-lastLineCount).join("\n");
  const output = end === "" ? [] : lastLines(end).map((line) => `  | ${line}`);
  const name = step.length > STEP_CHARACTERS ? `${step.slice(0, STEP_CHARACTERS)}…` : step;
  return [
    `Building ${request.name} from ${request.contextFolder} on ${hostName} failed${name === "" ? "" : ` at "${name}"`}: ${lastLines(failure.trim()).join("\n")}`,
    ...remedyFor(`${failure}\n${end}`, hostName),
    ...(output.length === 0 ? [] : [`The end of its output:`, ...output]),
    "Nothing that runs was changed.",
  ].join("\n");
}

/** Remedies for known failures. */
function remedyFor(text: string, hostName: string): string[] {
  if (/no space left on device|disk quota exceeded/i.test(text)) {
    return [
      `The disk of ${hostName} is full. Free space there, e.g. with 'docker system prune', or give it a larger disk; then run again.`,
    ];
  }
  if (/temporary failure (resolving|in name resolution)|could not resolve/i.test(text)) {
    return [
      `A build step on ${hostName} could not resolve a name. Check that the host reaches its name servers and the network.`,
    ];
  }
  if (/pull access denied|manifest unknown|manifest for .* not found/i.test(text)) {
    return [
      `The image that the Dockerfile starts from (FROM) is not on ${hostName} and could not be pulled.`,
    ];
  }
  if (/target stage .* could not be found|failed to reach build target/i.test(text)) {
    return ["The image's target is not a stage of its Dockerfile (FROM … AS <stage>)."];
  }
  if (/buildx component is missing|'buildx' is not a docker command/i.test(text)) {
    return [
      `Build secrets and RUN --mount need BuildKit, but the docker command on ${hostName} has no buildx plugin. Install docker-buildx (Debian, Ubuntu) or docker-buildx-plugin (Docker's own packages) there.`,
    ];
  }
  if (/docker: (command )?not found/i.test(text)) {
    return [
      `Build secrets and RUN --mount need the docker command, which ${hostName} does not have. Install docker-cli and docker-buildx there.`,
    ];
  }
  return [];
}
