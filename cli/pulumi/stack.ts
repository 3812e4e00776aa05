import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { stageNames } from "../../model/values/names";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { hiveHome, privateFolder, stageFilePath, stageFolder, type StageFolder } from "../project";
import { encryptionOf, mergeConfig } from "./config-file";
import type { OpenCreate, TakenOver } from "../../fleet/recovery";
import { hasFailedSinceRefresh, historyLength, lastKnownMoment } from "./history";
import type { PulumiCli } from "./pulumi-cli";
import { isOrphaned, isStale, lockMessage, type StackLock } from "./lock";
import { backendFolder, readLocks, thisComputer } from "./lock-files";
import { remedyFor } from "./remedies";
import { type PreviewStep, readPreview } from "./rest-of-run";
import {
  firstCreated,
  holdsRetired,
  readOpenCreates,
  readSecret,
  readState,
  type StackState,
  type StateResource,
  withoutPending,
  withoutRetired,
} from "./state";

/** How long to wait for a Pulumi process whose `hive` was killed, seconds. */
const orphanSeconds = 30;

/** The Pulumi stack of a stage. */
export class Stack {
  readonly folder: StageFolder;
  /** From `Pulumi.yaml`. */
  readonly projectName: string;
  /** The state lies in a folder of this computer. */
  readonly isLocal: boolean;

  constructor(
    readonly pulumi: PulumiCli,
    readonly stage: string,
  ) {
    this.folder = stageFolder(stage, pulumi.project);
    this.projectName = (
      parse(readFileSync(join(pulumi.project, "Pulumi.yaml"), "utf8")) as { name: string }
    ).name;
    this.isLocal = backendFolder(this.backendUrl) !== undefined;
  }

  private get backendUrl(): string | undefined {
    return this.pulumi.env["PULUMI_BACKEND_URL"];
  }

  /** The committed configuration of the stage. */
  get committedFile(): string {
    return stageFilePath(this.stage, this.pulumi.project);
  }

  /**
   * The folder for commands that write into `Pulumi.<stage>.yaml`. If the state is on this
   * computer, it is a folder in the project's place, so that the committed file does not change.
   * Otherwise it is the project: the whole team needs these values.
   */
  private get workFolder(): string {
    return this.isLocal ? this.folder.workFolder : this.pulumi.project;
  }

  /** Makes sure that backend, stack and configuration exist. Can be called any number of times. */
  async ensure(overrides: Readonly<Record<string, string>> = {}): Promise<void> {
    const backend = backendFolder(this.backendUrl);
    if (backend !== undefined) mkdirSync(backend, { recursive: true, mode: 0o700 });
    this.prepareFolder();
    const committed = readFileSync(this.committedFile, "utf8");
    const { code, stderr } = await this.pulumi.ask(
      ["stack", "select", "--create", "--stack", this.stage],
      {
        cwd: this.workFolder,
      },
    );
    if (code !== 0)
      throw pulumiFailure(`The stack of the stage ${this.stage} could not be selected.`, stderr);
    const generated =
      this.isLocal && existsSync(this.folder.configFile)
        ? readFileSync(this.folder.configFile, "utf8")
        : undefined;
    // If the state is elsewhere, Pulumi has just written into the committed file.
    const current = this.isLocal ? committed : readFileSync(this.committedFile, "utf8");
    writeFileSync(
      this.folder.configFile,
      mergeConfig({ committed: current, generated, overrides }),
      { mode: 0o600 },
    );
  }

  /** Whether the stack exists. */
  async exists(): Promise<boolean> {
    if (!this.hasBackend) return false;
    this.prepareFolder();
    const { code, stderr } = await this.pulumi.ask(["stack", "select", "--stack", this.stage], {
      cwd: this.workFolder,
    });
    if (code === 0) return true;
    if (/no stack named/.test(stderr)) return false;
    throw pulumiFailure(`The stack of the stage ${this.stage} could not be selected.`, stderr);
  }

  /** Whether there is a backend. */
  private get hasBackend(): boolean {
    const backend = backendFolder(this.backendUrl);
    return backend === undefined || existsSync(join(backend, ".pulumi"));
  }

  private prepareFolder(): void {
    privateFolder(this.folder.workFolder);
    writeFileSync(
      join(this.folder.workFolder, "Pulumi.yaml"),
      `# Generated. Stands in for the project where Pulumi would change Pulumi.${this.stage}.yaml.\n` +
        `name: ${this.projectName}\nruntime: nodejs\n`,
      { mode: 0o600 },
    );
  }

  /** Arguments for every run on this stack. */
  get runArguments(): readonly string[] {
    return ["--stack", this.stage, "--config-file", this.folder.configFile, "--json"];
  }

  /**
   * Removes the locks of this computer's runs that are certainly over, and waits for a Pulumi
   * process whose `hive` was killed.
   *
   * @param say tells the user what the run waits for
   * @returns the removed locks
   * @throws Failure with exit code 4 when another run holds the stack
   */
  async releaseStaleLocks(say: (text: string) => void): Promise<readonly StackLock[]> {
    const computer = thisComputer();
    const deadline = Date.now() + orphanSeconds * 1000;
    for (let told = false; ; told = true) {
      const locks = readLocks(this.backendUrl, this.projectName, this.stage);
      if (locks.length === 0) return [];
      const living = locks.filter((lock) => !isStale(lock, computer));
      if (living.length === 0) {
        await this.cancel();
        return locks;
      }
      const ending = living.every((lock) => isOrphaned(lock, computer)) && Date.now() < deadline;
      if (!ending) throw new Failure(lockMessage(this.stage, living, Date.now()), exitCodes.locked);
      if (!told) {
        const pids = living.map(({ pid }) => pid).join(", ");
        say(
          `Pulumi (process ${pids}) is finishing the last step of a run that was killed; waiting for it.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  private async cancel(): Promise<void> {
    const { code, stderr } = await this.pulumi.ask(["cancel", "--yes", "--stack", this.stage], {
      cwd: this.workFolder,
    });
    if (code !== 0)
      throw pulumiFailure("The lock of an interrupted run could not be removed.", stderr);
  }

  /** The state as it is now. */
  async state(): Promise<StackState> {
    return readState(await this.exported());
  }

  /**
   * The steps that a whole run would do now. @throws Failure when the program or a resource's check
   * fails
   */
  async preview(): Promise<readonly PreviewStep[]> {
    const { code, stdout, stderr } = await this.pulumi.ask(
      ["preview", "--show-replacement-steps", ...this.runArguments],
      { deadlineSeconds: 300 },
    );
    if (code === 0) return readPreview(stdout);
    // The JSON has Pulumi's message about a program that failed.
    const said = /"message": "((?:[^"\\]|\\.)*)"/.exec(stdout)?.[1] ?? "";
    throw pulumiFailure("The preview of the remaining changes failed.", `${said}\n${stderr}`);
  }

  /**
   * Takes the protection from one resource, or gives it back. The next whole run gives it back by
   * itself.
   */
  async setProtected(urn: string, isProtected: boolean): Promise<void> {
    const verb = isProtected ? "protect" : "unprotect";
    const { code, stderr } = await this.pulumi.ask(
      ["state", verb, urn, "--yes", "--stack", this.stage],
      { cwd: this.workFolder },
    );
    if (code !== 0) throw pulumiFailure(`Pulumi could not ${verb} ${urn}.`, stderr);
  }

  /**
   * Removes the pending operations of an interrupted run from the state.
   *
   * @param takenOver creates that count as ended
   */
  async clearPending(takenOver: readonly TakenOver[] = []): Promise<void> {
    await this.rewrite(
      (text) => withoutPending(text, takenOver),
      "The pending operations of an interrupted run could not be removed from the state.",
    );
  }

  /**
   * As {@link state}, but first removes resources of older versions that exist in the state only.
   */
  async currentState(): Promise<StackState> {
    const state = await this.state();
    if (!holdsRetired(state)) return state;
    await this.rewrite(
      withoutRetired,
      "Resources of an older version of hive could not be removed from the state.",
    );
    return await this.state();
  }

  private async rewrite(edit: (text: string) => string, failure: string): Promise<void> {
    const { code, stderr } = await this.pulumi.ask(["stack", "import", "--stack", this.stage], {
      cwd: this.workFolder,
      stdin: edit(await this.exported()),
    });
    if (code !== 0) throw pulumiFailure(failure, stderr);
  }

  /**
   * Creates of unknown end with what they asked for, secrets in clear; undefined when they went to
   * more than one account. Never print or store them.
   */
  async openCreates(urns: readonly string[]): Promise<readonly OpenCreate[] | undefined> {
    return readOpenCreates(await this.exported("--show-secrets"), urns);
  }

  /**
   * A moment before the interrupted run and after every other run of the stage; undefined when none
   * is known. A stack that was removed has no history: what is older than its first resource is of
   * a stage before.
   */
  async beforeLastRun(): Promise<Date | undefined> {
    const moments = [lastKnownMoment(await this.history()), firstCreated(await this.exported())];
    const known = moments.flatMap((moment) => (moment === undefined ? [] : [moment.getTime()]));
    return known.length === 0 ? undefined : new Date(Math.max(...known));
  }

  /** Whether a run has failed since the last refresh. */
  async hasFailedSinceRefresh(): Promise<boolean> {
    return hasFailedSinceRefresh(await this.history());
  }

  /** The last runs, as JSON. */
  private async history(): Promise<string> {
    const page = ["--page-size", String(historyLength), "--page", "1"];
    const { code, stdout, stderr } = await this.pulumi.ask(
      ["stack", "history", "--json", ...page, "--stack", this.stage],
      { cwd: this.workFolder },
    );
    if (code === 0) return stdout;
    throw pulumiFailure(`The runs of the stage ${this.stage} could not be listed.`, stderr);
  }

  /**
   * Refreshes some resources in the state, so that the next run creates or changes them again. Only
   * these: a refresh of everything asks every host and waits for unreachable ones.
   */
  async refreshResources(resources: readonly StateResource[]): Promise<void> {
    if (resources.length === 0) return;
    const targets = resources.flatMap(({ urn }) => ["--target", urn]);
    const args = ["refresh", "--yes", "--skip-preview", "--suppress-progress", ...targets];
    const place = ["--stack", this.stage, "--config-file", this.folder.configFile];
    const { code, stdout, stderr } = await this.pulumi.ask([...args, ...place], {
      deadlineSeconds: 120,
    });
    if (code === 0) return;
    throw pulumiFailure(
      "The refresh of the state failed.",
      `${stdout.slice(-2000)}
${stderr}`,
    );
  }

  /**
   * A resource's secret output in plain text; undefined when the state has none. Never print or
   * store it.
   */
  async secretOutput(urn: string, output: string): Promise<string | undefined> {
    const { resources } = readState(await this.exported("--show-secrets"));
    return readSecret(resources.find((resource) => resource.urn === urn)?.outputs[output]);
  }

  private async exported(...more: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.pulumi.ask(
      ["stack", "export", "--stack", this.stage, ...more],
      {
        cwd: this.workFolder,
      },
    );
    if (code !== 0)
      throw pulumiFailure(`The state of the stage ${this.stage} could not be read.`, stderr);
    return stdout;
  }

  /** The stack's outputs; secrets are masked. None at all if the stack does not exist. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    if (!this.hasBackend) return {};
    this.prepareFolder();
    const { code, stdout, stderr } = await this.pulumi.ask(
      ["stack", "output", "--json", "--stack", this.stage],
      {
        cwd: this.workFolder,
      },
    );
    if (code !== 0 && /no stack named/.test(stderr)) return {};
    if (code !== 0)
      throw pulumiFailure(`The outputs of the stage ${this.stage} could not be read.`, stderr);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /**
   * Removes the stack and its history from a backend on this computer; `force` also with resources
   * in it.
   */
  async remove(options: { readonly force: boolean }): Promise<void> {
    const force = options.force ? ["--force"] : [];
    const args = [
      "stack",
      "rm",
      "--yes",
      "--remove-backups",
      "--preserve-config",
      ...force,
      "--stack",
      this.stage,
    ];
    const { code, stderr } = await this.pulumi.ask(args, { cwd: this.workFolder });
    if (code !== 0)
      throw pulumiFailure(
        `The empty stack of the stage ${this.stage} could not be removed.`,
        stderr,
      );
  }

  /**
   * Removes all files that hive keeps for the stage. After the last stage, also removes the state's
   * folder and the passphrase, unless the user chose another place for them. Files that decrypt
   * secrets of a committed configuration stay: without them, the stage could not be brought up
   * again.
   *
   * @returns whether the salt was kept for this stage's secrets
   */
  removeFiles(): boolean {
    const generated = existsSync(this.folder.configFile)
      ? readFileSync(this.folder.configFile, "utf8")
      : "";
    const encryption = encryptionOf(generated, readFileSync(this.committedFile, "utf8"));
    rmSync(this.folder.path, { recursive: true, force: true });
    rmSync(this.folder.sockets, { recursive: true, force: true });
    if (encryption !== undefined) {
      privateFolder(this.folder.workFolder);
      writeFileSync(this.folder.configFile, encryption, { mode: 0o600 });
    }
    const home = hiveHome(this.pulumi.project);
    const state = join(home, "state");
    if (backendFolder(this.backendUrl) === state && !hasStacks(state)) {
      rmSync(state, { recursive: true, force: true });
      const passphrase = join(home, "passphrase");
      const isOurs = this.pulumi.env["PULUMI_CONFIG_PASSPHRASE_FILE"] === passphrase;
      if (isOurs && !this.someStageKeepsItsSalt) rmSync(passphrase, { force: true });
    }
    return encryption !== undefined;
  }

  private get someStageKeepsItsSalt(): boolean {
    return stageNames.some((stage) =>
      existsSync(stageFolder(stage, this.pulumi.project).configFile),
    );
  }
}

/** Whether any stack has its state in a backend's folder. */
function hasStacks(backend: string): boolean {
  const stacks = join(backend, ".pulumi", "stacks");
  if (!existsSync(stacks)) return false;
  return readdirSync(stacks, { recursive: true }).some((name) =>
    /\.json(\.gz)?$/.test(String(name)),
  );
}

/** The failure of a short Pulumi command, with a remedy if hive knows one. */
export function pulumiFailure(what: string, stderr: string): Failure {
  const reason = stderr.replace(/^error: /gm, "").trim();
  const remedy = remedyFor(reason);
  const text = [what, remedy, reason]
    .filter((part) => part !== undefined && part !== "")
    .join("\n");
  return new Failure(text, /passphrase/.test(reason) ? exitCodes.prerequisite : exitCodes.failed);
}
