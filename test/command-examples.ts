import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { commandLine } from "../cli/command-line/program";

const root = join(__dirname, "..");

/** A command line `npx hive …` that a text gives as an example. */
export interface CommandExample {
  /** Where it is written: `hive exec --help`, `docs/operations.md`. */
  readonly where: string;
  /** What follows `hive`, without what belongs to the shell. */
  readonly args: readonly string[];
  /** It reads a file, or what another program prints. */
  readonly hasInput: boolean;
}

/** The examples in the help of all commands. */
export function helpExamples(): readonly CommandExample[] {
  const program = commandLine(() => Promise.resolve());
  return [program, ...program.commands].flatMap((command) => {
    const where = command === program ? "hive --help" : `hive ${command.name()} --help`;
    const examples = helpOf(command).split("\nExamples:\n")[1] ?? "";
    return examples.split("\n").flatMap((line) => examplesIn(where, line));
  });
}

/** The examples in code of the pages: blocks, and `npx hive …` in a sentence. */
export function pageExamples(): readonly CommandExample[] {
  const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`);
  return ["README.md", ...pages].flatMap((page) => {
    const text = readFileSync(join(root, page), "utf8");
    const blocks = [...text.matchAll(/^ *```[^\n]*\n([^]*?)^ *```$/gm)].map(([, code]) => code);
    const prose = text.replace(/^ *```[^]*?^ *```$/gm, "");
    const inline = [...prose.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
    const lines = [
      ...blocks.flatMap((code = "") => code.split("\n")),
      ...inline.map((code) => code.replace(/\s+/g, " ")),
    ];
    return lines.flatMap((line) => examplesIn(page, line));
  });
}

/** The command lines of pipelines, with the values that their variables stand for. */
export function pipelineExamples(): readonly CommandExample[] {
  const files = [
    ...readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`),
    "examples/gitlab-ci.yml",
  ];
  return files.flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .replace(/\$(STAGE|stage)\b/g, "staging")
      .split("\n")
      .flatMap((line) => examplesIn(file, line)),
  );
}

/** The command's help, without a terminal. */
function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return help;
}

/** All `npx hive …` of a line. */
export function examplesIn(where: string, line: string): readonly CommandExample[] {
  return [...line.matchAll(/(^|.*?[^\w])npx hive (?=\S)/g)].flatMap(({ 0: match, index }) => {
    const before = match.slice(0, -"npx hive ".length);
    const { words, input } = shellWords(line.slice(index + match.length));
    // A sentence about any command, such as `npx hive <command>`, is no example.
    if (["…", "<command>", undefined].includes(words[0])) return [];
    return [{ where, args: words, hasInput: input || /\|\s*$/.test(before) }];
  });
}

/**
 * The words of a command line as a shell splits it, up to the end of the command: a pipe, a
 * redirection, a comment, or the explanation that follows it after two spaces.
 */
function shellWords(line: string): { readonly words: readonly string[]; readonly input: boolean } {
  const words: string[] = [];
  let rest = line;
  for (;;) {
    if (/^( {2,}|\s*$|\s*[|>&;)#`])/.test(rest)) return { words, input: false };
    // `<stage>` stands for a word; `< file` is input.
    if (/^\s*<(?![\w-]+>)/.test(rest)) return { words, input: true };
    const [all, word = ""] = /^\s?((?:'[^']*'|"[^"]*"|<[\w-]+>|[^\s'"|<>&;)`])+)/.exec(rest) ?? [];
    if (all === undefined) throw new Error(`No shell command: ${line}`);
    words.push(word.replace(/'([^']*)'|"([^"]*)"/g, (_all, one, two) => String(one ?? two)));
    rest = rest.slice(all.length);
  }
}
