import { type CommandExample, helpExamples, pageExamples } from "../../command-examples";
import type { StageUnderTest } from "../stage-under-test";

/** Commands that only show something, whatever their options. */
const showing = ["status", "outputs", "plan", "completion"];
/** Programs that the examples run on a server or in a container, and that change nothing there. */
const readingPrograms = ["cat", "docker", "journalctl", "ldap-backup", "ldapsearch", "sh", "tar"];

/** Whether an example ends by itself, and changes nothing outside the project's folder. */
function onlyReads({ args, hasInput }: CommandExample): boolean {
  const [command = "", first = ""] = args;
  if (showing.includes(command)) return true;
  const anotherStage = args.includes("--stack");
  if (hasInput || anotherStage) return false;
  switch (command) {
    case "logs":
      return !args.includes("--follow");
    case "rollback":
      return args.includes("--list");
    case "cp":
      return first.includes(":");
    case "exec":
    case "ssh": {
      const after = args.includes("--") ? args.slice(args.indexOf("--") + 1) : [];
      const [program = ""] = after
        .join(" ")
        .replace(/^sudo /, "")
        .split(" ");
      return readingPrograms.includes(program);
    }
    default:
      return false;
  }
}

/**
 * The examples of help and of the page about the worked example: what only reads is run as it is
 * written. That the others are command lines at all is a unit test.
 */
export function examples(site: StageUnderTest): void {
  describe("the examples of help and pages", () => {
    const written = [
      ...helpExamples(),
      ...pageExamples().filter(({ where }) => where === "docs/worked-example.md"),
    ];
    const run = new Map(
      written.filter(onlyReads).map((example) => [example.args.join(" "), example]),
    );

    it("has examples of each reading command", () => {
      const commands = new Set([...run.values()].map(({ args }) => args[0]));
      expect([...commands].sort()).toEqual(
        [...showing, "cp", "exec", "logs", "rollback", "ssh"].sort(),
      );
    });

    it.each([...run.values()].map(({ args, where }) => [args.join(" "), where, args] as const))(
      "hive %s (%s) works",
      async (_line, _where, args) => {
        const { code, output } = await site.stage.hive(args, { deadlineSeconds: 60 });
        expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      },
    );
  });
}
