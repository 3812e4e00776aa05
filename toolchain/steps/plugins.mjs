// @ts-check
/** The steps that get the provider plugins of exactly the versions that package.json pins. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { downloadArchive, releaseArchive } from "../mechanics/download.mjs";
import { goBuild } from "../mechanics/go-build.mjs";
import { withLock } from "../mechanics/lock.mjs";
import { isExecutable } from "../mechanics/process.mjs";
import { readJson, writeJson } from "../mechanics/stamp.mjs";
import { StepError } from "../mechanics/step-error.mjs";

/** @typedef {import("../mechanics/project.mjs").Project} Project */
/** @typedef {import("../mechanics/graph.mjs").Step} Step */
/** @typedef {import("../mechanics/graph.mjs").StepContext} StepContext */

/** @typedef {"docker" | "random" | "command"} PluginName */

/**
 * Where a plugin came from.
 * @typedef {"installed" | "downloaded" | "built" | "own"} PluginOrigin installed: found in the user's own Pulumi
 *   folder; built: hive's build of the official Terraform provider; own: hive's stand-in written for Node.js
 */

/**
 * The file the engine starts.
 * @param {string} home the engine's home folder
 * @param {string} name
 * @param {string} version
 * @returns {string}
 */
export function pluginFile(home, name, version) {
  return path.join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
}

/**
 * Where a plugin in hive's own home came from.
 * @param {Project} project
 * @param {PluginName} name
 * @returns {PluginOrigin | undefined} nothing when it is not there, or was made for another version
 */
export function pluginOrigin(project, name) {
  const version = project.versions.plugins[name];
  if (!isExecutable(pluginFile(project.layout.home, name, version))) return undefined;
  const note = readJson(originFile(project, name));
  return note?.version === version ? note.origin : undefined;
}

/**
 * Whether one of the plugins had to be made here, which tells that the engine must not try to download any.
 * @param {Project} project
 * @returns {boolean}
 */
export function pluginsAreMadeHere(project) {
  return /** @type {PluginName[]} */ (["docker", "random", "command"]).some((name) =>
    ["built", "own"].includes(pluginOrigin(project, name) ?? ""),
  );
}

/** @type {Record<PluginOrigin, string>} */
export const originText = {
  installed: "installed by the user",
  downloaded: "downloaded",
  built: "hive's own build of the official Terraform provider",
  own: "hive's own stand-in for the official plugin",
};

/**
 * @param {Project} project
 * @returns {Step[]} one for each plugin
 */
export function pluginSteps(project) {
  return [
    pluginStep(project, "docker", (why, context) => buildBridged(project, "docker", why, context)),
    pluginStep(project, "random", (why, context) => buildBridged(project, "random", why, context)),
    pluginStep(project, "command", () => linkCommandPlugin(project)),
  ];
}

/**
 * @param {Project} project
 * @param {PluginName} name
 * @param {(why: string, context: StepContext) => Promise<PluginOrigin>} make what to do when it can be had no other way
 * @returns {Step}
 */
function pluginStep(project, name, make) {
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
          onWait: () => context.report("waiting for another run that gets it"),
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
  const archive = releaseArchive({ env: project.env, platform, version, plugin: name });
  if (!archive) return make("no release for this platform, or HIVE_DOWNLOADS=none", context);
  fs.mkdirSync(root, { recursive: true });
  const folder = fs.mkdtempSync(path.join(root, "download-"));
  try {
    const result = await downloadArchive(archive, { folder, env: project.env, ...context });
    if ("problem" in result) return await make(result.problem, context);
    fs.renameSync(path.join(folder, path.basename(file)), file);
    return "downloaded";
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The plugin in the user's own Pulumi folder (`$PULUMI_HOME`, else `~/.pulumi`), of exactly the pinned version.
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
  const output = path.join(project.layout.bridge, `pulumi-resource-${name}`);
  // One after the other: side by side they would both compile the packages that they share.
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

/**
 * Hive's own command plugin lies in each clone, because it needs the clone's npm packages. The cache is shared by
 * all clones, so it gets a launcher that finds the clone: by HIVE_ROOT, which the project environment sets, else
 * upwards from the folder the engine works in.
 * @param {Project} project
 * @returns {Promise<PluginOrigin>}
 */
async function linkCommandPlugin(project) {
  const inside = "toolchain/plugins/command/main.js";
  const entry = path.join(project.root, inside);
  if (!fs.existsSync(entry)) throw new StepError(`${entry} is missing: this clone is not complete`);
  const file = pluginFile(project.layout.home, "command", project.versions.plugins.command);
  const draft = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(draft, launcherText(inside), { mode: 0o755 });
  fs.renameSync(draft, file);
  return "own";
}

/**
 * @param {string} inside path of the plugin in a clone
 * @returns {string} a POSIX shell script
 */
export function launcherText(inside) {
  return `#!/bin/sh
# Starts the command plugin of the hive clone that this run belongs to.
folder=\${HIVE_ROOT:-$PWD}
while [ ! -f "$folder/${inside}" ]; do
  if [ "$folder" = / ] || [ -z "$folder" ]; then
    echo "hive's command plugin: no clone of hive found from \${HIVE_ROOT:-$PWD} upwards; set HIVE_ROOT" >&2
    exit 1
  fi
  folder=$(dirname "$folder")
done
exec node "$folder/${inside}" "$@"
`;
}

/** @param {string} target @param {string} file */
function link(target, file) {
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
