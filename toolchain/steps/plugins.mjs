// @ts-check
/** The steps that get the provider plugins of exactly the versions that package.json pins. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { cacheKey, folderDigest } from "../mechanics/cache.mjs";
import { downloadArchive, releaseArchive } from "../mechanics/download.mjs";
import { goBuild } from "../mechanics/go-build.mjs";
import { withLock } from "../mechanics/lock.mjs";
import { isExecutable } from "../mechanics/process.mjs";
import { readJson, writeJson } from "../mechanics/stamp.mjs";

/** @typedef {import("../mechanics/project.mjs").Project} Project */
/** @typedef {import("../mechanics/graph.mjs").Step} Step */
/** @typedef {import("../mechanics/graph.mjs").StepContext} StepContext */

/** @typedef {"docker" | "random" | "aws"} PluginName */

/**
 * Where a plugin came from.
 * @typedef {"installed" | "downloaded" | "built"} PluginOrigin installed: found in the user's own
 *   Pulumi folder; built: hive's build of the official Terraform provider
 */

/**
 * The file Pulumi starts.
 * @param {string} home Pulumi's home folder
 * @param {string} name
 * @param {string} version
 * @returns {string}
 */
export function pluginFile(home, name, version) {
  return path.join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
}

/**
 * The file that a build of a plugin makes: another one for other sources or pins.
 * @param {Project} project
 * @param {PluginName} name
 * @returns {string}
 */
export function builtPlugin({ toolchain, layout, versions }, name) {
  const file = `pulumi-resource-${name}`;
  if (name !== "aws") return path.join(layout.bridge, file);
  const { plugins, awsProvider } = versions;
  const sources = folderDigest(path.join(toolchain, awsProvider.folder));
  const key = cacheKey([plugins.aws, awsProvider, sources]);
  return path.join(layout.root, layout.platform, `aws-${key}`, file);
}

/**
 * Where a plugin in hive's own home came from.
 * @param {Project} project
 * @param {PluginName} name
 * @returns {PluginOrigin | undefined} nothing when it is not there, or was made for another version
 *   or from other sources
 */
export function pluginOrigin(project, name) {
  const version = project.versions.plugins[name];
  const file = pluginFile(project.layout.home, name, version);
  if (!isExecutable(file)) return undefined;
  const note = readJson(originFile(project, name));
  if (note?.version !== version) return undefined;
  const isStale = note.origin === "built" && fs.readlinkSync(file) !== builtPlugin(project, name);
  return isStale ? undefined : note.origin;
}

/**
 * Whether one of the plugins had to be built here; then Pulumi must not try to download any.
 * @param {Project} project
 * @returns {boolean}
 */
export function pluginsAreMadeHere(project) {
  return /** @type {PluginName[]} */ (["docker", "random", "aws"]).some(
    (name) => pluginOrigin(project, name) === "built",
  );
}

/** @type {Record<PluginOrigin, string>} */
export const originText = {
  installed: "installed by the user",
  downloaded: "downloaded",
  built: "hive's own build of the official Terraform provider",
};

/**
 * @param {Project} project
 * @returns {Step[]} one for each plugin that every stage needs
 */
export function pluginSteps(project) {
  return [
    pluginStep(project, "docker", (why, context) => buildBridged(project, "docker", why, context)),
    pluginStep(project, "random", (why, context) => buildBridged(project, "random", why, context)),
  ];
}

/**
 * @param {Project} project
 * @param {PluginName} name
 * @param {(why: string, context: StepContext) => Promise<PluginOrigin>} make called when there is
 *   no other way to get it
 * @returns {Step}
 */
export function pluginStep(project, name, make) {
  const version = project.versions.plugins[name];
  const file = pluginFile(project.layout.home, name, version);
  return {
    name: `plugin-${name}`,
    title: `Pulumi plugin ${name}`,
    needs: [],
    run: async (context) => {
      const present = () => {
        const origin = pluginOrigin(project, name);
        return origin && { changed: false, detail: `${version}, ${originText[origin]}` };
      };
      const known = present();
      if (known) return known;
      const lock = path.join(
        project.layout.locks,
        `${path.basename(project.layout.home)}-${name}.lock`,
      );
      return withLock(
        lock,
        async () => {
          const since = present();
          if (since) return since;
          fs.mkdirSync(path.dirname(file), { recursive: true });
          const origin = await obtain(project, name, make, context);
          writeJson(originFile(project, name), { version, origin });
          return { changed: true, detail: `${version}, ${originText[origin]}` };
        },
        {
          signal: context.signal,
          onWait: () => context.report("another run is getting it; waiting"),
        },
      );
    },
  };
}

/**
 * @param {Project} project
 * @param {PluginName} name
 * @param {(why: string, context: StepContext) => Promise<PluginOrigin>} make
 * @param {StepContext} context
 * @returns {Promise<PluginOrigin>}
 */
async function obtain(project, name, make, context) {
  const version = project.versions.plugins[name];
  const { home, platform, root } = project.layout;
  const file = pluginFile(home, name, version);
  const installed = installedPlugin(project, name);
  if (installed !== undefined) {
    link(installed, file);
    return "installed";
  }
  const { checksums: pinned } = project.versions;
  const archive = releaseArchive({ env: project.env, platform, version, pinned, plugin: name });
  if (!archive) return make("no release for this platform, or HIVE_DOWNLOADS=none", context);
  fs.mkdirSync(root, { recursive: true });
  const folder = fs.mkdtempSync(path.join(root, "download-"));
  try {
    const result = await downloadArchive(archive, { folder, env: project.env, ...context });
    if (result.problem !== undefined) return await make(result.problem, context);
    fs.renameSync(path.join(folder, path.basename(file)), file);
    return "downloaded";
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The plugin in the user's own Pulumi folder (`$PULUMI_HOME`, else `~/.pulumi`), of exactly the
 * pinned version.
 * @param {Project} project
 * @param {PluginName} name
 * @returns {string | undefined}
 */
export function installedPlugin(project, name) {
  const home = project.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi");
  if (path.resolve(home).startsWith(project.layout.root + path.sep)) return undefined;
  const file = pluginFile(home, name, project.versions.plugins[name]);
  return isExecutable(file) ? file : undefined;
}

/**
 * @param {Project} project
 * @param {"docker" | "random"} name
 * @param {string} because
 * @param {StepContext} context
 * @returns {Promise<PluginOrigin>}
 */
async function buildBridged(project, name, because, context) {
  const version = project.versions.plugins[name];
  const { bridge } = project.versions;
  const output = builtPlugin(project, name);
  // One after the other: in parallel, both would compile the packages that they share.
  const lock = path.join(project.layout.locks, `${path.basename(project.layout.bridge)}.lock`);
  const onWait = () => context.report("waiting for the other bridged plugin");
  await withLock(
    lock,
    async () => {
      if (isExecutable(output)) return;
      const build = {
        title: `the Pulumi plugin ${name}`,
        module: bridge.module,
        package: `./cmd/pulumi-resource-${name}`,
        tags: bridge.tags,
        variable: "main.version",
        version,
        output,
        because,
      };
      await goBuild(project, build, context);
    },
    { signal: context.signal, onWait },
  );
  link(output, pluginFile(project.layout.home, name, version));
  return "built";
}

/** @param {string} target @param {string} file */
export function link(target, file) {
  const draft = `${file}.${process.pid}.tmp`;
  fs.rmSync(draft, { force: true });
  fs.symlinkSync(target, draft);
  fs.renameSync(draft, file);
}

/** @param {Project} project @param {PluginName} name @returns {string} */
function originFile(project, name) {
  return path.join(
    path.dirname(pluginFile(project.layout.home, name, project.versions.plugins[name])),
    "origin.json",
  );
}
