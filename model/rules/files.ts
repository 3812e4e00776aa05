import type { Problem } from "../problems";
import { servicePath, sitePath } from "../site-check";
import { forEachService, type Rule } from "./rule";

/** What the project has at a path relative to its root: a file, a folder, or nothing that can be read. */
export type FileLookup = (path: string) => "file" | "folder" | undefined;

/** Files of configs are there. */
export const configFileProblems: Rule = ({ site, look }) =>
  [...site.configs].flatMap(([name, config]) =>
    "file" in config ? fileProblems(look, config.file, sitePath(["configs", name, "file"])) : [],
  );

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

/** Images that this stage builds have a folder with a Dockerfile. */
export const contextProblems: Rule = ({ site, stage, look }) =>
  [...site.images].flatMap(([name, { context, pull }]): readonly Problem[] => {
    if (pull?.on.includes(stage) === true) return [];
    const folder = (context ?? `site/images/${name}`).replace(/\/+$/, "");
    if (look(`${folder}/Dockerfile`) === "file") return [];
    const isThere = look(folder) === "folder";
    return [
      {
        path: sitePath(context === undefined ? ["images", name] : ["images", name, "context"]),
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
