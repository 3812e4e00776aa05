// @ts-check
/**
 * The step that gets the aws plugin, which only stages on AWS and their rehearsal need: downloaded,
 * else built from the Go module of the official Terraform provider.
 */
import fs from "node:fs";
import path from "node:path";
import { goBuild, usableGo } from "../mechanics/go-build.mjs";
import { capture, isExecutable } from "../mechanics/process.mjs";
import { StepError } from "../mechanics/step-error.mjs";
import { builtPlugin, link, pluginFile, pluginStep } from "./plugins.mjs";

/** @typedef {import("../mechanics/project.mjs").Project} Project */
/** @typedef {import("../mechanics/graph.mjs").StepContext} StepContext */

/** How long the download of the provider's sources may take, in milliseconds: 124 MB. */
const sourcesMs = 15 * 60_000;

/** What is compiled in the place of generated lists of the provider: hive's file, by theirs. */
export const overlaid = {
  "internal/conns/awsclient_gen.go": "overlay/clients.go",
  "internal/provider/sdkv2/service_packages_gen.go": "overlay/services.go",
};

/** @param {Project} project @returns {import("../mechanics/graph.mjs").Step} */
export function awsPlugin(project) {
  return pluginStep(project, "aws", async (because, context) => {
    const output = builtPlugin(project, "aws");
    if (!isExecutable(output)) await build(project, output, because, context);
    link(output, pluginFile(project.layout.home, "aws", project.versions.plugins.aws));
    return "built";
  });
}

/**
 * @param {Project} project
 * @param {string} output
 * @param {string} because
 * @param {StepContext} context
 */
async function build(project, output, because, context) {
  const title = "the Pulumi plugin aws";
  const version = project.versions.plugins.aws;
  const go = await usableGo(project, { title, version, because });
  context.report("getting the sources of the AWS provider");
  const sources = await providerSources(project, go.path);
  const module = path.join(path.dirname(output), "module");
  const overlay = prepareModule(project, module, sources);
  const what = { title, version, because, module, overlay, output };
  const rest = { package: "./cmd/pulumi-resource-aws", tags: "", variable: "main.version" };
  await goBuild(project, { ...what, ...rest }, context);
}

/**
 * The folder of the provider's sources, of exactly the pinned content: Go checks nothing of a
 * module that go.mod replaces by a folder.
 * @param {Project} project
 * @param {string} go
 * @returns {Promise<string>}
 */
async function providerSources(project, go) {
  const { module, version, sum } = project.versions.awsProvider;
  const args = ["mod", "download", "-json", `${module}@${version}`];
  // From a folder without a go.mod, whose replacements would count.
  const cwd = path.parse(project.root).root;
  const answer = await capture(go, args, { cwd, env: project.env, timeoutMs: sourcesMs });
  const found = parsed(answer?.stdout ?? "");
  if (found === undefined || found.Error !== undefined) {
    const why = found?.Error ?? (answer?.stderr.trim() || "no answer in time");
    throw new StepError(
      `The sources of the AWS provider, ${module} ${version}, cannot be had: ${why}`,
      {
        remedy: [
          "Check the network, the proxy variables (HTTPS_PROXY) and go env GOPROXY, then run the command again.",
        ],
      },
    );
  }
  if (found.Sum !== sum) {
    throw new StepError(`${module} ${version} has the checksum ${found.Sum}, not ${sum}`, {
      remedy: [
        "These are not the sources that hive was tested with. Find out which server they come from: go env GOPROXY",
        `then remove them: rm -rf "${found.Dir}"`,
      ],
    });
  }
  return found.Dir;
}

/** @param {string} text @returns {any} nothing where it is no JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Puts hive's module into a folder of the cache, beside a link to the provider's sources: Go
 * refuses to overlay files that lie in its own cache, but takes them under another name.
 * @param {Project} project
 * @param {string} folder
 * @param {string} sources
 * @returns {string} the file for `go build -overlay`
 */
export function prepareModule(project, folder, sources) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.cpSync(path.join(project.toolchain, project.versions.awsProvider.folder), folder, {
    recursive: true,
  });
  fs.symlinkSync(sources, path.join(folder, "source"));
  const replaced = Object.entries(overlaid).map(([theirs, ours]) => [
    path.join(folder, "source", theirs),
    path.join(folder, ours),
  ]);
  const overlay = path.join(folder, "overlay.json");
  fs.writeFileSync(overlay, JSON.stringify({ Replace: Object.fromEntries(replaced) }, null, 2));
  return overlay;
}
