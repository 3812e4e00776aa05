// @ts-check
/**
 * The step that gets actionlint, which reads GitHub's workflows for the static checks: taken from
 * the PATH if it is of the pinned version, else downloaded, else built.
 */
import fs from "node:fs";
import path from "node:path";
import { cacheKey, folderDigest } from "../mechanics/cache.mjs";
import { downloadArchive, downloadServers, releasePlatform } from "../mechanics/download.mjs";
import { goBuild } from "../mechanics/go-build.mjs";
import { withLock } from "../mechanics/lock.mjs";
import { capture, findOnPath, isExecutable } from "../mechanics/process.mjs";

const name = "actionlint";

/** @typedef {import("../mechanics/project.mjs").Project} Project */
/** @typedef {import("../mechanics/graph.mjs").StepContext} StepContext */

/**
 * Where it lies: in another folder for another pin.
 * @param {Project} project
 * @returns {string}
 */
function place({ toolchain, layout, versions }) {
  const pin = versions.actionlint;
  const key = cacheKey([pin, folderDigest(path.join(toolchain, pin.module))]);
  return path.join(layout.root, layout.platform, `${name}-${pin.version}-${key}`, name);
}

/**
 * The program to run.
 * @param {Project} project
 * @returns {string | undefined} nothing when it is not there
 */
export function findActionlint(project) {
  const file = place(project);
  return isExecutable(file) ? file : undefined;
}

/** @param {Project} project @returns {import("../mechanics/graph.mjs").Step} */
export function actionlintStep(project) {
  const { version } = project.versions.actionlint;
  const file = place(project);
  const present = () =>
    isExecutable(file) ? { changed: false, detail: `${version} (${file})` } : undefined;
  return {
    name,
    title: "actionlint",
    needs: [],
    run: async (context) => {
      const known = present();
      if (known) return known;
      const lock = path.join(project.layout.locks, `${path.basename(path.dirname(file))}.lock`);
      const onWait = () => context.report("another run is getting it; waiting");
      const work = async () => present() ?? (await obtain(project, file, context));
      return withLock(lock, work, { signal: context.signal, onWait });
    },
  };
}

/** @param {Project} project @param {string} file @param {StepContext} context */
async function obtain(project, file, context) {
  const { version } = project.versions.actionlint;
  const { root } = project.layout;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const folder = fs.mkdtempSync(path.join(root, "download-"));
  try {
    const copied = await copyFromPath(project, folder);
    if (copied !== undefined) {
      fs.renameSync(copied.copy, file);
      return { changed: true, detail: `${version} copied from the PATH (${copied.from})` };
    }
    const because = await download(project, folder, context);
    if (because === undefined) {
      fs.renameSync(path.join(folder, name), file);
      return { changed: true, detail: `${version} downloaded (checksum verified)` };
    }
    await build(project, file, because, context);
    return { changed: true, detail: `${version} built (${file})` };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Copies the program on the PATH: an upgrade there must not change what the checks say. It counts
 * only when the copy works and is of exactly the pinned version, since each version has other
 * rules.
 * @param {Project} project
 * @param {string} folder
 * @returns {Promise<{copy: string, from: string} | undefined>}
 */
async function copyFromPath({ env, versions }, folder) {
  const from = findOnPath(name, env);
  if (from === undefined) return undefined;
  const copy = path.join(folder, `${name}-from-path`);
  fs.copyFileSync(fs.realpathSync(from), copy);
  const answer = await capture(copy, ["-version"], { env });
  const [version] = answer?.code === 0 ? answer.stdout.split("\n") : [];
  return version?.trim() === versions.actionlint.version ? { copy, from } : undefined;
}

/**
 * Downloads the official release.
 * @param {Project} project
 * @param {string} folder
 * @param {StepContext} context
 * @returns {Promise<string | undefined>} why it failed
 */
async function download({ env, layout, versions }, folder, { signal, report }) {
  const servers = downloadServers(env);
  const platform = releasePlatform(layout.platform)?.plugin.replace("-", "_");
  if (!servers || platform === undefined)
    return "no release for this platform, or HIVE_DOWNLOADS=none";
  const { version } = versions.actionlint;
  const release = `${servers.github}/rhysd/actionlint/releases/download/v${version}`;
  const archive = {
    urls: [`${release}/${name}_${version}_${platform}.tar.gz`],
    pinned: versions.checksums,
    checksums: `${release}/${name}_${version}_checksums.txt`,
  };
  return (await downloadArchive(archive, { folder, env, signal, report })).problem;
}

/**
 * @param {Project} project
 * @param {string} output
 * @param {string} because
 * @param {StepContext} context
 */
async function build(project, output, because, context) {
  const pin = project.versions.actionlint;
  const otherwise = [
    "or let this computer reach https://github.com, so that it can be downloaded,",
    `or put actionlint ${pin.version} on the PATH;`,
  ];
  const variable = "github.com/rhysd/actionlint.version";
  await goBuild(
    project,
    { title: "actionlint", ...pin, variable, output, because, otherwise },
    context,
  );
}
