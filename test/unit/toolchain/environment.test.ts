import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runModule } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("environment");

const facts = {
  root: "/clone",
  home: "/clone/.hive",
  engineFolder: "/cache/engine",
  pulumiHome: "/cache/home",
  offline: false,
  credentials: "",
};

function variables(
  env: Record<string, string>,
  more: Record<string, unknown> = {},
): Promise<Record<string, string>> {
  return runModule(`
    import { environmentVariables } from "./toolchain/environment.mjs";
    result(environmentVariables(${JSON.stringify(env)}, ${JSON.stringify({ ...facts, ...more })}));`);
}

/**
 * What projectVariables gives with a home of its own, in as many processes at once as asked for.
 */
function projectVariables(
  home: string,
  env: Record<string, string> = {},
): Promise<Record<string, string>> {
  return runModule(
    `import { projectVariables } from "./toolchain/environment.mjs"; result(await projectVariables());`,
    {
      PATH: process.env.PATH,
      HOME: folder,
      HIVE_CACHE: path.join(folder, "cache"),
      HIVE_HOME: home,
      ...env,
    },
  );
}

describe("the engine's environment", () => {
  it("puts hive's engine first on the PATH, once", async () => {
    const set = await variables({ PATH: "/usr/bin:/cache/engine:/bin" });
    expect(set.PATH).toBe("/cache/engine:/usr/bin:/bin");
  });

  it("leaves the PATH alone when the user's own CLI is used", async () => {
    expect(await variables({ PATH: "/usr/bin" }, { engineFolder: undefined })).not.toHaveProperty(
      "PATH",
    );
  });

  it("has the language host start the clone's program fast, whatever another clone's environment says", async () => {
    const other = { HIVE_ROOT: "/other", PULUMI_LANGUAGE_NODEJS_RUN_PATH: "/other/run.cjs" };
    for (const env of [{}, other])
      expect((await variables(env)).PULUMI_LANGUAGE_NODEJS_RUN_PATH).toBe(
        "/clone/toolchain/node/run.cjs",
      );
  });

  it("keeps state and passphrase in the clone when the user says nothing", async () => {
    const set = await variables({});
    expect(set.PULUMI_BACKEND_URL).toBe("file:///clone/.hive/state");
    expect(set.PULUMI_CONFIG_PASSPHRASE_FILE).toBe("/clone/.hive/passphrase");
  });

  it.each([
    ["PULUMI_CONFIG_PASSPHRASE", "geheim"],
    ["PULUMI_CONFIG_PASSPHRASE", ""],
    ["PULUMI_CONFIG_PASSPHRASE_FILE", "/run/secrets/pass"],
  ])("lets the user's %s (%j) win", async (name, value) => {
    const set = await variables({ [name]: value });
    expect(set).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
    expect(set).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE");
  });

  it("lets the user's backend win, and finds the user's log-in for it", async () => {
    const set = await variables(
      { PULUMI_BACKEND_URL: "https://api.pulumi.com" },
      { credentials: "/home/ann/.pulumi" },
    );
    expect(set).not.toHaveProperty("PULUMI_BACKEND_URL");
    expect(set.PULUMI_CREDENTIALS_PATH).toBe("/home/ann/.pulumi");
  });

  it("does not touch the user's log-ins while the state lies in the clone", async () => {
    expect(await variables({}, { credentials: "/home/ann/.pulumi" })).not.toHaveProperty(
      "PULUMI_CREDENTIALS_PATH",
    );
  });

  it("does not write the state of one clone into another from which it was started", async () => {
    const outer = {
      HIVE_ROOT: "/outer",
      PULUMI_BACKEND_URL: "file:///outer/.hive/state",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/outer/.hive/passphrase",
    };
    const set = await variables(outer);
    expect(set.PULUMI_BACKEND_URL).toBe("file:///clone/.hive/state");
    expect(set.PULUMI_CONFIG_PASSPHRASE_FILE).toBe("/clone/.hive/passphrase");
  });

  it.each([
    [true, "true"],
    [false, undefined],
  ])(
    "forbids downloads of plugins only where they were made here (%s)",
    async (offline, expected) => {
      const set = await variables({}, { offline });
      expect(set.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION).toBe(expected);
      expect(set.PULUMI_IGNORE_AMBIENT_PLUGINS).toBe(expected);
      expect(set.PULUMI_DISABLE_REGISTRY_RESOLVE).toBe(expected);
    },
  );

  it("names the Docker Engine only when it is not at the usual place, and never against the user", async () => {
    const dockerHost = "unix:///home/ann/.colima/default/docker.sock";
    expect((await variables({}, { dockerHost })).DOCKER_HOST).toBe(dockerHost);
    expect(await variables({ DOCKER_HOST: "tcp://there:2375" }, { dockerHost })).not.toHaveProperty(
      "DOCKER_HOST",
    );
  });
});

describe("the folder for state and passphrase", () => {
  const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

  it("is made for its owner alone, with a passphrase that stays", async () => {
    const home = path.join(folder, "first");
    const set = await projectVariables(home);
    const passphrase = readFileSync(path.join(home, "passphrase"), "utf8").trim();
    expect(passphrase.length).toBeGreaterThanOrEqual(40);
    expect([
      mode(home),
      mode(path.join(home, "passphrase")),
      mode(path.join(home, "state")),
    ]).toEqual(["700", "600", "700"]);
    expect(JSON.stringify(set)).not.toContain(passphrase);
    await projectVariables(home);
    expect(readFileSync(path.join(home, "passphrase"), "utf8").trim()).toBe(passphrase);
  });

  it("gets one passphrase from several first runs at once", async () => {
    const home = path.join(folder, "race");
    const read = () => readFileSync(path.join(home, "passphrase"), "utf8");
    const seen = await Promise.all([1, 2, 3].map(() => projectVariables(home).then(read)));
    expect(new Set(seen).size).toBe(1);
  });

  it("gets no new passphrase when the one of existing stacks is lost", async () => {
    const home = path.join(folder, "lost");
    await projectVariables(home);
    mkdirSync(path.join(home, "state/.pulumi/stacks/hive"), { recursive: true });
    writeFileSync(path.join(home, "state/.pulumi/stacks/hive/private.json"), "{}");
    rmSync(path.join(home, "passphrase"));
    await expect(projectVariables(home)).rejects.toThrow(
      /passphrase is missing, but .*state holds stacks/,
    );
    expect(existsSync(path.join(home, "passphrase"))).toBe(false);
  });

  it("gets none for a state elsewhere, where nobody else would know it; one that is there stays", async () => {
    const home = path.join(folder, "shared");
    const shared = { PULUMI_BACKEND_URL: "s3://states" };
    await expect(projectVariables(home, shared)).rejects.toThrow(
      /state is at s3:\/\/states, but nothing says how its secrets are encrypted/,
    );
    expect(existsSync(path.join(home, "passphrase"))).toBe(false);
    writeFileSync(path.join(home, "passphrase"), "from before");
    await projectVariables(home, shared);
    expect(readFileSync(path.join(home, "passphrase"), "utf8")).toBe("from before");
  });

  it("gets none when the user names another", async () => {
    const home = path.join(folder, "own");
    await projectVariables(home, {
      PULUMI_CONFIG_PASSPHRASE: "mine",
      PULUMI_BACKEND_URL: "file:///elsewhere",
    });
    expect([
      existsSync(path.join(home, "passphrase")),
      existsSync(path.join(home, "state")),
    ]).toEqual([false, false]);
  });
});
