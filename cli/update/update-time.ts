import { configOf, withConfigKey } from "../stage-config";

const key = "hive:updated";
const comment =
  "# Base images and packages are not older than this: `npx hive update` renews them.";

/** The time of the last update in the text of `Pulumi.<stage>.yaml`; undefined for none. */
export function updateTimeIn(text: string): string | undefined {
  const time = configOf(text)[key];
  return typeof time === "string" ? time : undefined;
}

/**
 * The text with another time of the last update: in its line, or at the end of the file, which
 * usually is the end of `config`. In quotes, because YAML has a type of its own for times.
 */
export function withUpdateTime(text: string, time: string): string {
  return withConfigKey(text, key, time, (lines) => {
    const at = lines.findIndex((line) => /^ +hive:updated:/.test(line));
    if (at < 0) {
      const kept = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
      return [...kept, "", `  ${comment}`, `  ${key}: "${time}"`, ""];
    }
    const line = /^( +hive:updated:)[^#]*?([ \t]+#.*)?$/.exec(lines[at] ?? "");
    return line === null ? lines : lines.with(at, `${line[1]} "${time}"${line[2] ?? ""}`);
  });
}
