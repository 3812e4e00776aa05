import { secretInputEnd, secretInputHeader } from "./converge-input";
import { convergeFunctions } from "./converge-functions";
import { asRoot, commandLine, encode, printContent, quote } from "./shell";
import { type ConvergePackage, readSystem, type ServerSystem, serverSystems } from "./systems";

/** A file that the step maintains. */
export interface ConvergeFile {
  /** Absolute. Missing folders above it are made with mode 0755. */
  readonly path: string;
  /** Four octal digits, e.g. `0644`. */
  readonly mode: string;
  /** `<user>:<group>`, names or numbers. Default `root:root`. */
  readonly owner?: string;
  /** Not secret: it is part of the step's text. */
  readonly content: string;
  /**
   * Write into the existing file instead of renaming a new one over it. Only for a file that is a
   * mount of its own (a container's `/etc/hosts`, `/etc/hostname`), where renaming is impossible.
   * Default false.
   */
  readonly inPlace?: boolean;
}

/** A file whose content arrives through standard input ({@link renderSecretInput}). */
export interface ConvergeSecretFile {
  /** Absolute. The folder above it is made with mode 0700 if it is missing. */
  readonly path: string;
  /** Four octal digits, e.g. `0600`. */
  readonly mode: string;
  /** `<user>:<group>`. Default `root:root`. */
  readonly owner?: string;
  /**
   * `verbatim` (default): the content as it is. `htpasswd`: the content is `<user>:<password>`, the
   * file holds a bcrypt hash; an existing hash that matches the password is kept, so that nothing
   * changes.
   */
  readonly format?: "verbatim" | "htpasswd";
}

/** Commands to run when files have changed. */
export interface ConvergeReaction {
  /** Lower-case name; marks the reaction as due on the host until it has succeeded. */
  readonly name: string;
  /** Paths of the step's files, or `any`: any file or package of the step. */
  readonly on: readonly string[] | "any";
  /** Commands for bash, one after the other; the first failure ends the step. */
  readonly run: readonly string[];
  /** Deadline of each command. Default 60. */
  readonly timeoutSeconds?: number;
}

/** A setting other than a file that the step maintains. */
export interface ConvergeKeep {
  /** Name of the setting, for the report of a change: `docker.service: enabled and started`. */
  readonly what: string;
  /**
   * A command for bash that succeeds when the setting is right, and changes nothing. Its lines that
   * begin with `note ` are shown.
   */
  readonly holds: string;
  /**
   * A command for bash that applies the setting. Its lines that begin with `changed ` are shown
   * instead of {@link what}.
   */
  readonly make: string;
}

/** A condition that must be true at the end. */
export interface ConvergeCheck {
  /** Name of the condition, for the error: `the Docker Engine answers`. */
  readonly what: string;
  /** A command for bash that succeeds when it is true. Tried again until the deadline. */
  readonly run: string;
  /** Default 10. */
  readonly withinSeconds?: number;
  /** Whether it is only a wait, and not a difference in the mode `check`. Default false. */
  readonly wait?: boolean;
  /** The remedy for an operator when it fails. */
  readonly remedy?: string;
}

/** A converge step: the wanted state of one part of a host. */
export interface ConvergeStep {
  /**
   * Lower-case words joined by dashes; also the name of the step's folder for marks on the host.
   */
  readonly title: string;
  readonly files?: readonly ConvergeFile[];
  readonly secretFiles?: readonly ConvergeSecretFile[];
  /** Installed if missing; never upgraded. */
  readonly packages?: readonly ConvergePackage[];
  /** Further packages, with other names on other systems. */
  readonly systemPackages?: (system: ServerSystem) => readonly ConvergePackage[];
  readonly reactions?: readonly ConvergeReaction[];
  /** Conditions that are checked every time, after the reactions. */
  readonly keeps?: readonly ConvergeKeep[];
  readonly checks?: readonly ConvergeCheck[];
  /** Deadline of the whole step. Default 300. */
  readonly timeoutSeconds?: number;
}

/** Folder on the host for the marks of reactions that are still due. */
export const convergeStateFolder = "/var/lib/hive/converge";

/**
 * Renders a step as the command that the admin user runs over SSH. It may run any number of times,
 * and may be interrupted at any moment:
 *
 * - a file is written only when its content, mode or owner differ; a new one is complete before it
 *   gets its name;
 * - before a file is replaced, the reactions to it are marked as due on the host; a mark is removed
 *   only when its reaction has succeeded. A run that is interrupted between writing and reloading
 *   leaves the mark, and the next run reloads;
 * - it prints a line per file, `changed <path>` or `unchanged <path>`, and at the end
 *   `<title>: changed` or `<title>: unchanged`; the output of commands is shown only when they
 *   fail;
 * - every wait has a deadline.
 *
 * With `HIVE_MODE=check;` before it, it changes nothing and prints `differs <what>` for each thing
 * that is not in the wanted state.
 *
 * @throws RangeError for an invalid path, mode, owner, title or reaction; the message says which
 */
export function renderConverge(step: ConvergeStep): string {
  assertStep(step);
  const secretFiles = step.secretFiles ?? [];
  const script = [
    "set -euo pipefail",
    `title=${quote(step.title)}`,
    `state=${quote(`${convergeStateFolder}/${step.title}`)}`,
    convergeFunctions,
    "begin",
    ...(secretFiles.length === 0 ? [] : [readSecrets(secretFiles)]),
    ...(step.files ?? []).map((file) => renderFile(file, step)),
    ...secretFiles.map((file) => renderSecretFile(file, step)),
    ...renderPackages(step),
    ...(step.reactions ?? []).map(renderReaction),
    ...(step.keeps ?? []).map(({ what, holds, make }) => commandLine("keep", what, holds, make)),
    ...(step.checks ?? []).map(renderCheck),
    "finish",
    "",
  ].join("\n");
  return asRoot({
    title: step.title,
    script,
    readsInput: secretFiles.length > 0,
    timeoutSeconds: step.timeoutSeconds ?? 300,
  });
}

function renderFile(file: ConvergeFile, step: ConvergeStep): string {
  const place = file.inPlace === true ? "in-place" : "rename";
  return `${printContent(file.content)} > "$content"\n${renderPut(file, place, "0755", step)}`;
}

function renderSecretFile(file: ConvergeSecretFile, step: ConvergeStep): string {
  const filter = file.format === "htpasswd" ? ` | ${commandLine("htpasswd", file.path)}` : "";
  return `secret ${encode(file.path)}${filter} > "$content"\n${renderPut(file, "rename", "0700", step)}`;
}

function renderPut(
  file: ConvergeFile | ConvergeSecretFile,
  place: "rename" | "in-place",
  folderMode: string,
  step: ConvergeStep,
): string {
  return commandLine(
    "put",
    file.path,
    file.mode,
    file.owner ?? "root:root",
    place,
    folderMode,
    ...due(file.path, step),
  );
}

function readSecrets(files: readonly ConvergeSecretFile[]): string {
  return commandLine(
    "read_secrets",
    secretInputHeader,
    secretInputEnd,
    ...files.map((file) => encode(file.path)),
  );
}

function renderPackages(step: ConvergeStep): string[] {
  const { packages = [], systemPackages } = step;
  if (systemPackages === undefined) {
    return packages.length === 0 ? [] : [renderPackageList(packages, step)];
  }
  const cases = serverSystems.map(
    (system) =>
      `  ${system.id}) ${renderPackageList([...systemPackages(system), ...packages], step)} ;;`,
  );
  return [readSystem, "case $system in", ...cases, "esac"];
}

function renderPackageList(packages: readonly ConvergePackage[], step: ConvergeStep): string {
  const reactions = (step.reactions ?? []).filter((reaction) => reaction.on === "any");
  const names = packages.map((each) =>
    each.unlessCommand === undefined ? each.name : `${each.name}/${each.unlessCommand}`,
  );
  return commandLine("packages", reactions.map((reaction) => reaction.name).join(" "), ...names);
}

function renderReaction(reaction: ConvergeReaction): string {
  return commandLine(
    "react",
    reaction.name,
    String(reaction.timeoutSeconds ?? 60),
    ...reaction.run,
  );
}

function renderCheck({ withinSeconds = 10, what, remedy = "", run, wait }: ConvergeCheck): string {
  const call = commandLine("check", String(withinSeconds), what, remedy, run);
  return wait === true ? `[ "$mode" = check ] || ${call}` : call;
}

/** Names of the reactions that a change of this file makes due. */
function due(path: string, step: ConvergeStep): string[] {
  return (step.reactions ?? [])
    .filter((reaction) => reaction.on === "any" || reaction.on.includes(path))
    .map((reaction) => reaction.name);
}

function assertStep(step: ConvergeStep): void {
  const word = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  if (!word.test(step.title))
    throw fault(step, "title", step.title, "lower-case words joined by dashes");
  const paths = new Set<string>();
  for (const file of [...(step.files ?? []), ...(step.secretFiles ?? [])]) {
    if (!/^\/[^\n]*[^/\n]$/.test(file.path) || file.path.includes("/../")) {
      throw fault(step, "path", file.path, "an absolute path");
    }
    if (!/^0[0-7]{3}$/.test(file.mode))
      throw fault(step, `mode of ${file.path}`, file.mode, "four octal digits, e.g. 0644");
    if (!/^[a-z0-9_-]+:[a-z0-9_-]+$/.test(file.owner ?? "root:root")) {
      throw fault(step, `owner of ${file.path}`, file.owner ?? "", "<user>:<group>");
    }
    if (paths.has(file.path)) throw fault(step, "path", file.path, "declared once, not twice");
    paths.add(file.path);
  }
  for (const reaction of step.reactions ?? []) {
    if (!word.test(reaction.name))
      throw fault(step, "reaction", reaction.name, "lower-case words joined by dashes");
    const unknown =
      reaction.on === "any" ? undefined : reaction.on.find((path) => !paths.has(path));
    if (unknown !== undefined) {
      throw fault(
        step,
        `reaction ${reaction.name}`,
        unknown,
        "the path of one of the step's files",
      );
    }
  }
}

function fault(step: ConvergeStep, what: string, value: string, expected: string): RangeError {
  return new RangeError(
    `Step ${step.title}: ${what} ${JSON.stringify(value)} must be ${expected}.`,
  );
}
