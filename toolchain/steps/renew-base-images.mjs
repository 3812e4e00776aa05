// @ts-check
/**
 * The step that gets base images again for an update, although the Docker Engine has them. A note
 * in the cache says when each was last asked for, so that a second run for the same update does
 * nothing.
 */
import fs from "node:fs";
import path from "node:path";
import { inspectImage } from "../mechanics/engine-api.mjs";
import { alone, provideAnew } from "./base-images.mjs";

/** @typedef {import("../mechanics/project.mjs").Project} Project */
/** @typedef {import("./base-images.mjs").BaseImage} BaseImage */
/** @typedef {{id: string, askedAt: string}} Note which image it was, and when (ISO 8601) */

/**
 * @param {Project} project
 * @param {string} since time of the update, ISO 8601: images that were asked for later are current
 * @param {BaseImage[]} images
 * @returns {import("../mechanics/graph.mjs").Step[]} one for each base image
 */
export function renewalSteps(project, since, images = project.versions.baseImages) {
  return images.map((image) => ({
    name: `renew-${image.tag}`,
    title: `Base image ${image.tag}`,
    needs: [],
    run: (context) =>
      alone(project, image, context, async () => {
        const before = await inspectImage(project.env, image.tag);
        if (isCurrent(before, readNotes(project)[image.tag], since))
          return { changed: false, detail: "current" };
        const askedAt = new Date().toISOString();
        const outcome = await provideAnew(project, image, context);
        const after = await inspectImage(project.env, image.tag);
        if (after !== undefined) writeNote(project, image.tag, { id: after.id, askedAt });
        return after?.id === before?.id ? { changed: false, detail: "no newer one" } : outcome;
      }),
  }));
}

/**
 * Whether an image was made, or asked for, after an update began.
 * @param {{id: string, created: string} | undefined} image nothing: the Docker Engine has none
 * @param {Note | undefined} note
 * @param {string} since
 * @returns {boolean}
 */
export function isCurrent(image, note, since) {
  if (image === undefined) return false;
  const isLater = (/** @type {string} */ time) => Date.parse(time) >= Date.parse(since);
  return isLater(image.created) || (note?.id === image.id && isLater(note.askedAt));
}

/** @param {Project} project @returns {string} */
function noteFile(project) {
  return path.join(project.layout.root, "base-images.json");
}

/**
 * @param {Project} project
 * @returns {Record<string, Note>} by tag; none when there is no note that can be read
 */
function readNotes(project) {
  try {
    return JSON.parse(fs.readFileSync(noteFile(project), "utf8"));
  } catch {
    return {};
  }
}

/**
 * @param {Project} project
 * @param {string} tag
 * @param {Note} note
 */
function writeNote(project, tag, note) {
  const file = noteFile(project);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const text = JSON.stringify({ ...readNotes(project), [tag]: note }, null, 2);
  fs.writeFileSync(`${file}.${process.pid}`, `${text}\n`);
  fs.renameSync(`${file}.${process.pid}`, file);
}
