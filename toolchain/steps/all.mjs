// @ts-check
/** All steps, and the groups of them that a command can ask for. */
import { actionlintStep } from "./actionlint.mjs";
import { awsPlugin } from "./aws-plugin.mjs";
import { baseImageSteps } from "./base-images.mjs";
import { dockerEngine } from "./docker-engine.mjs";
import { engineSteps } from "./engine.mjs";
import { npmPackages } from "./npm-packages.mjs";
import { pluginSteps } from "./plugins.mjs";
import { rehearsalPythonStep } from "./rehearsal-python.mjs";
import { dynamicProvider } from "./dynamic-provider.mjs";

/** Names that `--ensure` takes, with what each stands for. */
export const groups = {
  npm: "the npm packages",
  engine: "npm packages, Pulumi CLI, language host, provider plugins",
  docker: "a Docker Engine and the base images on it",
  all: "engine and docker",
  aws: "the provider plugin of stages on AWS",
  rehearsal: "all, aws, and an emulated AWS on this computer",
  lint: "what only the static checks need: actionlint",
  tests: "what only tests need: lint, Debian 12 for a stage that is moved, aws, an emulated AWS",
};

/**
 * The steps of some groups.
 * @param {import("../mechanics/project.mjs").Project} project
 * @param {string[]} names keys of groups
 * @returns {import("../mechanics/graph.mjs").Step[]}
 * @throws {Error} for an unknown name
 */
export function stepsOf(project, names) {
  /** @type {Record<string, () => import("../mechanics/graph.mjs").Step[]>} */
  const makers = {
    npm: () => [npmPackages(project)],
    engine: () => [
      npmPackages(project),
      ...engineSteps(project),
      dynamicProvider(project),
      ...pluginSteps(project),
    ],
    docker: () => [dockerEngine(project), ...baseImageSteps(project)],
    aws: () => [awsPlugin(project)],
    rehearsal: () => [
      ...(makers.all?.() ?? []),
      ...(makers.aws?.() ?? []),
      rehearsalPythonStep(project),
    ],
    lint: () => [actionlintStep(project)],
    tests: () => [
      ...(makers.lint?.() ?? []),
      dockerEngine(project),
      ...baseImageSteps(project, project.versions.testImages),
      ...(makers.aws?.() ?? []),
      rehearsalPythonStep(project),
    ],
    all: () => [...(makers.engine?.() ?? []), ...(makers.docker?.() ?? [])],
  };
  /** @type {Map<string, import("../mechanics/graph.mjs").Step>} */
  const chosen = new Map();
  for (const name of names) {
    const make = makers[name];
    if (!make) throw new Error(`--ensure ${name}: write one of ${Object.keys(groups).join(", ")}`);
    for (const step of make()) if (!chosen.has(step.name)) chosen.set(step.name, step);
  }
  return [...chosen.values()];
}
