import type { FileLookup } from "../values/file-lookup";
import { contextOf } from "../planning/plan-images";
import type { Problem } from "../problem/problems";
import { servicePath, sitePath } from "../schema/check-site";
import { contentLimit } from "../swarm/object-name";
import { forEachService, type Rule } from "./rule";

/** Files of the configs that services get are there, and the Swarm takes what is in them. */
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

/** What a Swarm refuses about the content of a config, and what its API cannot carry as text. */
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
        message: "is empty, and a Swarm takes no config without content",
        remedy: "write something into it, or remove the config",
      },
    ];
  }
  if (content.length >= contentLimit) {
    return [
      {
        path,
        value,
        message: `has ${content.length} bytes; a config takes less than ${contentLimit} (500 KiB)`,
        remedy: "split it, or bring it in the image or on a volume",
      },
    ];
  }
  if (Buffer.from(content.toString("utf8"), "utf8").equals(content)) return [];
  return [
    {
      path,
      value,
      message: "is not UTF-8 text",
      remedy: "convert it, or bring it in the image or on a volume",
    },
  ];
}

/** Scripts and inputs of initialization steps are there. */
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
 * Images have a folder with a Dockerfile: also where a stage pulls them, or a pin stands for the
 * build, its hash is kept.
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
