import type { FileLookup } from "../file-lookup";
import { contextOf } from "../plan-images";
import type { Problem } from "../problems";
import { servicePath, sitePath } from "../site-check";
import { forEachService, type Rule } from "./rule";

/** Files of the configs that services get are there. */
export const configFileProblems: Rule = ({ site, services, look }) => {
  const used = new Set(services.flatMap(({ plan }) => plan.configs.map(({ name }) => name)));
  return [...site.configs].flatMap(([name, config]) =>
    "file" in config && used.has(name)
      ? fileProblems(look, config.file, sitePath(["configs", name, "file"]))
      : [],
  );
};

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

/** Images have a folder with a Dockerfile: also where a stage pulls them, or a pin stands for the build, its hash is kept. */
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
