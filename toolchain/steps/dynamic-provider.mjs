// @ts-check
/**
 * The step that puts the starter of dynamic providers beside the CLI, where Pulumi looks for
 * it.
 */
import fs from "node:fs";
import path from "node:path";
import { isExecutable } from "../mechanics/process.mjs";

const name = "pulumi-resource-pulumi-nodejs";

/**
 * A release archive has a starter, a CLI that was built here has none; both get the project's own,
 * which ends with Pulumi. It finds the npm package from the folder that Pulumi works in.
 * @param {import("../mechanics/project.mjs").Project} project
 * @returns {import("../mechanics/graph.mjs").Step}
 */
export function dynamicProvider(project) {
  return {
    name: "dynamic-provider",
    title: "Pulumi dynamic providers",
    needs: ["npm", "cli"],
    run: async () => {
      const { engine } = project.layout;
      const file = path.join(engine, name);
      if (!fs.existsSync(path.join(engine, "pulumi")))
        return { changed: false, detail: "part of the CLI on the PATH" };
      const source = path.join(project.root, "toolchain/dynamic-provider.cjs");
      if (isExecutable(file) && fs.readFileSync(file).equals(fs.readFileSync(source)))
        return { changed: false, detail: "present" };
      const draft = `${file}.${process.pid}.tmp`;
      fs.copyFileSync(source, draft);
      fs.chmodSync(draft, 0o755);
      fs.renameSync(draft, file);
      return { changed: true, detail: "starter put beside the CLI" };
    },
  };
}
