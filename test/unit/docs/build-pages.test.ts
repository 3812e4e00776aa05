import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { changesOfRun } from "../../../cli/changes";
import { loadPlan } from "../../../cli/plan";

const root = join(__dirname, "../../..");

/** A stage's file with what its page asks the reader to add. */
function completed(text: string): string {
  const { config } = parse(text) as { config: Record<string, object> };
  const aws = { ...config["hive:aws"], sshSources: ["203.0.113.7/32"] };
  const publicKey = `ssh-ed25519 ${Buffer.from(
    `\0\0\0\x0bssh-ed25519\0\0\0 ${"k".repeat(32)}`,
    "latin1",
  ).toString("base64")}`;
  const operators = [{ name: "anna", publicKey }];
  return stringify({ config: { ...config, "hive:aws": aws, "hive:operators": operators } });
}

/** Pages are narrower than terminals. */
function oneLine(text = ""): string {
  return text.replace(/\s+/g, " ");
}

test.each(["staging", "production"] as const)(
  "the page about %s shows the preview that its readers see",
  (stage) => {
    const plan = loadPlan(stage, "build", completed);
    const { lines } = changesOfRun(plan, []);
    const shown = [...plan.notices, ...lines.map(({ text }) => text)].join("\n");
    const page = readFileSync(join(root, `docs/build-${stage}.md`), "utf8");
    const blocks = [...page.matchAll(/^```\n([^`]*)\n```$/gm)].map(([, block]) => oneLine(block));
    expect(blocks).toContain(oneLine(`$ npx hive preview --stack ${stage}\n${shown}`));
  },
);
