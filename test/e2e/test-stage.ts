import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { killTree } from "./process-tree";
import { ProcessWatch } from "./process-watch";

const root = join(__dirname, "..", "..");

/** What a finished command left. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
  readonly seconds: number;
}

/**
 * A stage of its own, in a copy of the work tree: other names, another network and another home
 * than the stage that a user may have running on the same computer.
 */
export class TestStage {
  /** The copy of the project. */
  readonly directory: string;
  readonly siteName: string;
  /** The operator's key, for a stage that names its operators. */
  keyFile: string | undefined;
  /** What commands wrote to the terminal so far, but for those that were asked for secrets. */
  readonly printed: { readonly command: string; readonly output: string }[] = [];
  /** Sees the processes while commands run. */
  readonly processes = new ProcessWatch();

  /**
   * @param name - part of the site's name, so that several test stages can exist side by side.
   * @param config - keys of the stage's file to set, without the `hive:` prefix.
   * @param revision - a commit of the project to take instead of the work tree.
   * @param stageName - which stage it is.
   */
  constructor(
    name: string,
    config: Readonly<Record<string, unknown>>,
    revision?: string,
    readonly stageName: "private" | "staging" | "production" = "private",
  ) {
    this.siteName = `${name}.hive.example`;
    this.directory = mkdtempSync(join(tmpdir(), `hive-${name}-`));
    if (revision === undefined) this.copyWorkTree();
    else this.extract(revision);
    symlinkSync(join(root, "node_modules"), join(this.directory, "node_modules"));
    this.configure({ siteName: this.siteName, ...config });
  }

  /** The stage's file. */
  get file(): string {
    return `Pulumi.${this.stageName}.yaml`;
  }

  /** Where the stage's state, passphrase and logs are. */
  get home(): string {
    return ".hive";
  }

  /** What stands before each command of hive. */
  protected get prefix(): readonly string[] {
    return [];
  }

  /**
   * Brings a copy of an earlier revision to the work tree's state, as a user does who updates; the
   * stage's own files stay.
   */
  upgrade(): void {
    const configuration = this.read(this.file);
    for (const entry of readdirSync(this.directory))
      if (entry !== ".hive") rmSync(join(this.directory, entry), { recursive: true });
    this.copyWorkTree();
    symlinkSync(join(root, "node_modules"), join(this.directory, "node_modules"));
    this.write(this.file, configuration);
  }

  /**
   * Gives a copy of an earlier revision its own npm packages, and the command plugin that it had
   * for Pulumi.
   *
   * @returns removes the plugin again
   */
  installPackages(): { remove: () => void } {
    rmSync(join(this.directory, "node_modules"));
    const npm = ["ci", "--no-audit", "--no-fund", "--prefer-offline"];
    const installed = spawnSync("npm", npm, { cwd: this.directory, encoding: "utf8" });
    if (installed.status !== 0) throw new Error(installed.stderr);
    const cache = join(this.directory, "toolchain/mechanics/cache.mjs");
    const { stdout: home } = spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { cacheLayout } from ${JSON.stringify(cache)};
         process.stdout.write(cacheLayout({ env: process.env }).home);`,
      ],
      { encoding: "utf8" },
    );
    const plugins = join(home, "plugins");
    const plugin = join(plugins, "resource-command-v1.2.1");
    mkdirSync(plugin, { recursive: true });
    // The others are those of today; that release would look for them in a folder of its own. They
    // are copies, as Pulumi takes no link for a plugin's folder.
    const today = join(process.env["PULUMI_HOME"] ?? "", "plugins");
    for (const entry of readdirSync(today, { withFileTypes: true })) {
      const { name } = entry;
      // A release with the pins of today has the same folder: its plugins are not taken away.
      if (!entry.isDirectory() || plugins === today) continue;
      rmSync(join(plugins, name), { recursive: true, force: true });
      cpSync(join(today, name), join(plugins, name), { recursive: true });
    }
    const main = join(this.directory, "toolchain/plugins/command/main.js");
    writeFileSync(
      join(plugin, "pulumi-resource-command"),
      `#!/bin/sh\nexec node '${main}' "$@"\n`,
      { mode: 0o755 },
    );
    return { remove: () => rmSync(plugin, { recursive: true, force: true }) };
  }

  private copyWorkTree(): void {
    const listed = spawnSync(
      "git",
      ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
      { cwd: root, encoding: "utf8" },
    );
    // A file that was deleted and not yet committed is listed too.
    const files = listed.stdout
      .split("\0")
      .filter((path) => path !== "" && existsSync(join(root, path)));
    for (const file of files) {
      const target = join(this.directory, file);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(root, file), target);
    }
  }

  private extract(revision: string): void {
    const archive = spawnSync("git", ["-c", "tar.umask=0022", "archive", revision], {
      cwd: root,
      maxBuffer: 1 << 28,
    });
    if (archive.status !== 0) throw new Error(archive.stderr.toString());
    const { status, stderr } = spawnSync("tar", ["-x"], {
      cwd: this.directory,
      input: archive.stdout,
    });
    if (status !== 0) throw new Error(stderr.toString());
  }

  /** Sets keys of the stage's configuration; `undefined` removes one. */
  configure(config: Readonly<Record<string, unknown>>): void {
    const document = parse(this.read(this.file)) as { config: Record<string, unknown> };
    for (const [key, value] of Object.entries(config)) {
      if (value === undefined) delete document.config[`hive:${key}`];
      else document.config[`hive:${key}`] = value;
    }
    this.write(this.file, stringify(document));
  }

  /** Replaces text in a file of the copy. @throws Error when the text is not there. */
  edit(file: string, from: string, to: string): void {
    const path = join(this.directory, file);
    const before = readFileSync(path, "utf8");
    if (!before.includes(from))
      throw new Error(`${file} does not contain ${JSON.stringify(from)}.`);
    writeFileSync(path, before.replace(from, to));
  }

  /** The text of a file of the copy. */
  read(file: string): string {
    return readFileSync(join(this.directory, file), "utf8");
  }

  /** Writes a file of the copy; `undefined` removes it. */
  write(file: string, content: string | undefined): void {
    const path = join(this.directory, file);
    if (content === undefined) return rmSync(path, { force: true });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** Runs the `hive` command to its end. */
  async hive(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const finished = await this.processes.during(() =>
      this.run(process.execPath, ["cli/bin.js", ...this.prefix, ...args], options),
    );
    this.keep(args, finished.output);
    return finished;
  }

  /** Starts a command without waiting; for interrupting it. */
  start(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, ["cli/bin.js", ...this.prefix, ...args], {
      cwd: this.directory,
      env: this.environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("close", () => this.keep(args, output));
    return child;
  }

  private keep(args: readonly string[], output: string): void {
    const command = args.join(" ");
    if (!/ --show-secrets| config get /.test(command)) this.printed.push({ command, output });
  }

  /** Removes the copy. The stage must have been destroyed before. */
  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /**
   * The caller's environment without what would make the copy use somebody else's state or keys.
   */
  private environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const environment: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1" };
    delete environment["HIVE_SSH_KEY"];
    delete environment["SSH_AUTH_SOCK"];
    if (this.keyFile !== undefined) environment["HIVE_SSH_KEY"] = this.keyFile;
    Object.assign(environment, extra);
    for (const name of Object.keys(environment)) {
      if (name.startsWith("HIVE_HOME") || (name.startsWith("PULUMI_") && !(name in extra)))
        delete environment[name];
    }
    return environment;
  }

  protected run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
    const started = Date.now();
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: this.directory,
        env: this.environment(options.environment),
        stdio: ["pipe", "pipe", "pipe"],
      });
      child.stdin.on("error", () => undefined);
      child.stdin.end(options.stdin ?? "");
      let stdout = "";
      let stderr = "";
      let output = "";
      child.stdout.on("data", (chunk: Buffer) => {
        stdout += chunk.toString();
        output += chunk.toString();
      });
      child.stderr.on("data", (chunk: Buffer) => {
        stderr += chunk.toString();
        output += chunk.toString();
      });
      const seconds = options.deadlineSeconds ?? 300;
      const deadline = setTimeout(() => {
        const running = child.pid === undefined ? "" : killTree(child.pid);
        const text = `The test ended this run after ${seconds} s. What ran then:\n${running}`;
        output += `\n${text}\n`;
        // A test that looks at a part of the output only would not show it.
        console.warn(`${args.join(" ")}\n${text}`);
      }, seconds * 1000);
      child.once("error", reject);
      child.once("close", (code, signal) => {
        clearTimeout(deadline);
        if (signal !== null) console.warn(`${args.join(" ")}\nended by ${signal}`);
        resolve({ code, stdout, stderr, output, seconds: (Date.now() - started) / 1000 });
      });
    });
  }
}

/** Options of a run. */
export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What the command reads; default nothing. */
  readonly stdin?: string;
  /** Killed after so many seconds; default 300. */
  readonly deadlineSeconds?: number;
}

/**
 * A page's status and text, or undefined when nothing answers within two seconds. Names no server
 * by its certificate: pages are asked for at addresses.
 */
export function fetchPage(url: string): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: 2000, agent: false as const, rejectUnauthorized: false };
    const get = url.startsWith("https:") ? https.get : http.get;
    const request = get(url, options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", () => resolve(undefined));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
  });
}

/** Runs the docker client on this computer. @throws Error with its message when it fails. */
export function docker(...args: string[]): string {
  const run = spawnSync("docker", args, { encoding: "utf8", timeout: 60_000 });
  if (run.status !== 0) throw new Error(`docker ${args.join(" ")}: ${run.stderr}`);
  return run.stdout.trim();
}

/** Repeats a look until it gives something, at most `seconds` long. */
export async function eventually<T>(
  seconds: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > end) throw new Error(`Not within ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
