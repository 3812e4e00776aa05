import type { FileLookup } from "../values/file-lookup";
import { contextOf } from "../planning/plan-images";
import type { Problem } from "../problem/problems";
import { servicePath, sitePath } from "../schema/check-site";
import { contentLimit } from "../swarm/object-name";
import { forEachService, type Rule } from "./rule";

/** Files of the configs that services use exist, and the Swarm accepts their content. */
export const configFileProblems: Rule = ({ site, services, look, read }) => {
  const used = new Set(services.flatMap(({ plan }) => plan.configs.map(({ name }) => name)));
  return [...site.configs].flatMap(([name, config]) => {
    if (!("file" in config) || !used.has(name)) return [];
    const path = sitePath(["configs", name, "file"]);
    return [
      ...fileProblems(look, config.file, path),
      ...contentProblems(read(config.file), config.file, path),
    ];
  });
};

/** Contents that a Swarm refuses for a config, or that its API cannot carry as text. */
function contentProblems(
  content: Buffer | undefined,
  file: string,
  path: string,
): readonly Problem[] {
  if (content === undefined) return [];
  const value = `"${file}"`;
  if (content.length === 0) {
    return [
      {
        path,
        value,
        message: "is empty, but a Swarm refuses a config without content",
        remedy: "write something into it, or remove the config",
      },
    ];
  }
  if (content.length >= contentLimit) {
    return [
      {
        path,
        value,
        message: `has ${content.length} bytes; a config must have less than ${contentLimit} (500 KiB)`,
        remedy: "split it, or put it into the image or a volume",
      },
    ];
  }
  if (Buffer.from(content.toString("utf8"), "utf8").equals(content)) return [];
  return [
    {
      path,
      value,
      message: "is not UTF-8 text",
      remedy: "convert it, or put it into the image or a volume",
    },
  ];
}

/** Scripts and inputs of initialization steps exist. */
export const stepFileProblems = forEachService(({ name, service }, { look }) =>
  (service.initialize ?? []).flatMap((step, index) => [
    ...("script" in step
      ? fileProblems(look, step.script, servicePath(name, ["initialize", index, "script"]))
      : []),
    ...(step.input === undefined
      ? []
      : fileProblems(look, step.input, servicePath(name, ["initialize", index, "input"]))),
  ]),
);

/**
 * Images have a folder with a Dockerfile, even if the stage pulls them or has a pin: the hash of
 * the folder is kept.
 */
export const contextProblems: Rule = ({ site, look }) =>
  [...site.images].flatMap(([name, image]): readonly Problem[] => {
    const folder = contextOf(name, image);
    if (look(`${folder}/Dockerfile`) === "file") return [];
    const isThere = look(folder) === "folder";
    return [
      {
        path: sitePath(
          image.context === undefined ? ["images", name] : ["images", name, "context"],
        ),
        value: `"${folder}"`,
        message: isThere ? "this folder has no Dockerfile" : "there is no such folder",
        remedy: isThere
          ? `write ${folder}/Dockerfile`
          : `write ${folder}/Dockerfile, or name the folder in which it is: context: "…"`,
      },
    ];
  });

function fileProblems(look: FileLookup, file: string, path: string): readonly Problem[] {
  const found = look(file);
  if (found === "file") return [];
  return [
    {
      path,
      value: `"${file}"`,
      message: found === "folder" ? "is a folder" : "there is no such file",
      remedy: "write the file, or name one that exists",
    },
  ];
}
