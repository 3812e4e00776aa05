import { readFileSync } from "node:fs";
import path from "node:path";
import { declaredTypes, type Members } from "./npm-types";
import { runModule } from "./run-module";

/** What toolchain/bridge-schema.mjs writes down of a bridged plugin. */
interface PluginSummary {
  version: string;
  resources: Record<string, { inputs: Members; outputs: Members; secrets: string[] }>;
  types: Record<string, Members>;
}

const root = path.resolve(__dirname, "../../..");
const summary = JSON.parse(readFileSync(path.join(__dirname, "bridge-schema.json"), "utf8")) as {
  bridge: string;
  plugins: Record<"docker" | "random", PluginSummary>;
};

/** The resources that a Pulumi program of hive may use; Image is no bridged resource. */
const resources: Record<"docker" | "random", string[]> = {
  docker: [
    "Container",
    "Network",
    "RegistryImage",
    "RemoteImage",
    "Secret",
    "Service",
    "ServiceConfig",
    "Tag",
    "Volume",
  ],
  random: [
    "RandomBytes",
    "RandomId",
    "RandomInteger",
    "RandomPassword",
    "RandomPet",
    "RandomShuffle",
    "RandomString",
    "RandomUuid",
    "RandomUuid4",
    "RandomUuid7",
  ],
};
const all = Object.entries(resources).flatMap(([name, classes]) =>
  classes.map((resource) => [name as "docker" | "random", resource] as const),
);

const npmFile = (plugin: string, file: string) =>
  path.join(root, "node_modules/@pulumi", plugin, file);
const fileOf = (resource: string) => `${resource.charAt(0).toLowerCase()}${resource.slice(1)}`;

describe("the bridged plugins stand behind the npm packages", () => {
  it("was written down from the bridge as it is now", async () => {
    const digest = await runModule<string>(
      `import { folderDigest } from "./toolchain/mechanics/cache.mjs"; result(folderDigest("toolchain/modules/bridge"));`,
    );
    // After a change of the bridge: node toolchain/bridge-schema.mjs
    expect(summary.bridge).toBe(digest);
  });

  it.each(["docker", "random"] as const)("%s has the version that package.json pins", (plugin) => {
    const installed = JSON.parse(readFileSync(npmFile(plugin, "package.json"), "utf8")) as {
      version: string;
    };
    expect(summary.plugins[plugin].version).toBe(installed.version);
  });

  it.each(all)("%s: %s takes the same inputs", (plugin, resource) => {
    const args = declaredTypes(npmFile(plugin, `${fileOf(resource)}.d.ts`))[`${resource}Args`];
    expect(Object.keys(args ?? {})).not.toHaveLength(0);
    expect(summary.plugins[plugin].resources[resource]?.inputs).toEqual(args);
  });

  it.each(all)("%s: %s has the same outputs", (plugin, resource) => {
    const outputs = declaredTypes(npmFile(plugin, `${fileOf(resource)}.d.ts`))[resource];
    expect(Object.keys(outputs ?? {})).not.toHaveLength(0);
    expect(summary.plugins[plugin].resources[resource]?.outputs).toEqual(outputs);
  });

  it.each(all)("%s: %s keeps the same outputs secret", (plugin, resource) => {
    const code = readFileSync(npmFile(plugin, `${fileOf(resource)}.js`), "utf8");
    const list = /additionalSecretOutputs: \[([^\]]*)\]/.exec(code)?.[1] ?? "";
    const secrets = [...list.matchAll(/"(\w+)"/g)].map((match) => match[1]).sort();
    expect(summary.plugins[plugin].resources[resource]?.secrets).toEqual(secrets);
  });

  it("docker: every nested type of those inputs is the same", () => {
    const { types, resources: offered } = summary.plugins.docker;
    const declared = declaredTypes(npmFile("docker", "types/input.d.ts"));
    const reached = new Set<string>();
    const reach = (members: Members) => {
      for (const type of Object.values(members)) {
        const name = type.replace(/[?[\]]/g, "");
        if (!(name in types) || reached.has(name)) continue;
        reached.add(name);
        reach(types[name] ?? {});
      }
    };
    for (const resource of resources.docker) reach(offered[resource]?.inputs ?? {});
    expect(reached.size).toBeGreaterThan(20);
    for (const name of reached) expect({ [name]: types[name] }).toEqual({ [name]: declared[name] });
  });
});
