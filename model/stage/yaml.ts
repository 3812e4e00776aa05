import { parseDocument, type YAMLParseError } from "yaml";
import type { StageName } from "../plan";
import { InventoryError, type Problem } from "../problem/problems";
import {
  checkStage,
  encryptedValues,
  type FaultyStage,
  type Stage,
  stageFile,
  stageOf,
} from "./check-stage";
import { setSecretCommand } from "./secret-command";
import { isSecretMap, type SecretMap, stageSchema } from "./schema";

/**
 * A stage from the text of `Pulumi.<stage>.yaml`, for commands that run without Pulumi. Encrypted
 * values are not decrypted: for maps of secrets the names are enough. No other option of hive is a
 * secret, so another encrypted option is a problem. Other namespaces are skipped.
 *
 * @param stageName the stack's name
 * @param text the file's content
 * @throws InventoryError with all problems at once
 */
export function parseStageYaml(stageName: string, text: string): Stage {
  const stage = checkStageYaml(stageOf(stageName), text);
  if ("problems" in stage) throw new InventoryError(stage.problems);
  return stage;
}

/**
 * As {@link parseStageYaml}, but returns the problems, so that `planSite` can list them with those
 * of the site.
 */
export function checkStageYaml(stage: StageName, text: string): Stage | FaultyStage {
  const file = stageFile(stage);
  // Pulumi knows times without quotes, and hands them over in another form.
  const document = parseDocument(text, { customTags: ["timestamp"] });
  const [fault] = document.errors;
  if (fault !== undefined) {
    return refused(stage, {
      path: file,
      ...yamlFault(fault, text),
    });
  }
  const content: unknown = document.toJS();
  const config = isMap(content) ? content["config"] : undefined;
  if (config !== undefined && config !== null && !isMap(config)) {
    return refused(stage, {
      path: `${file}: config`,
      message: "must be a map of keys such as hive:fleet",
      remedy: "write config: and the keys below it, indented by two spaces",
    });
  }
  return checkEntries(stage, isMap(config) ? config : {});
}

/** The problem of a text that is not YAML, in words for its author. */
function yamlFault(
  { code, message, linePos }: YAMLParseError,
  text: string,
): Omit<Problem, "path"> {
  const line = linePos?.[0].line ?? 0;
  const found = text.split("\n")[line - 1]?.trim() ?? "";
  if (code === "DUPLICATE_KEY") {
    const key = /^[^\s:]+(:[^\s:]+)*/.exec(found)?.[0] ?? found;
    return {
      message: `has the key ${key} twice, the second time in line ${line}`,
      remedy: "keep one of them",
    };
  }
  return {
    message: `is not YAML: ${(message.split("\n")[0] ?? code).replace(/:$/, "")}`,
    remedy: "correct the line; keys of hive stand under config:, indented by two spaces",
  };
}

function checkEntries(
  stage: StageName,
  config: Readonly<Record<string, unknown>>,
): Stage | FaultyStage {
  const raw: Record<string, string> = {};
  const encryption: Problem[] = [];
  for (const [key, value] of Object.entries(config)) {
    const map = key.replace(/^hive:/, "");
    if (key.startsWith("hive:") && isSecretMap(map)) {
      const { texts, problems } = secretTexts(stage, map, value);
      encryption.push(...problems);
      raw[key] = rawText(texts);
    } else if (key === valuesKey && holdsEncrypted(value)) {
      encryption.push(encryptedValues(`${stageFile(stage)}: ${key}`, stage));
    } else if (isEncrypted(value) && map in stageSchema.shape) {
      encryption.push({
        path: `${stageFile(stage)}: ${key}`,
        value: "(encrypted)",
        message: "is encrypted, but it is not a secret, and commands must be able to read it",
        remedy: `write it unencrypted: npx hive pulumi -- config set --stack ${stage} --plaintext ${key} <value>`,
      });
    } else {
      raw[key] = rawText(value);
    }
  }
  const checked = checkStage(stage, raw);
  if (encryption.length === 0) return checked;
  // A key that is skipped because it is encrypted is not missing as well.
  const paths = encryption.map((problem) => problem.path);
  const others = "problems" in checked ? checked.problems : [];
  return {
    name: stage,
    problems: [...encryption, ...others.filter((problem) => !paths.includes(problem.path))],
  };
}

const valuesKey = "hive:values";

function holdsEncrypted(value: unknown): boolean {
  if (isEncrypted(value)) return true;
  return isMap(value) && Object.values(value).some(holdsEncrypted);
}

/**
 * A map of secrets of a stage with a text instead of each encrypted value: commands need only the
 * names. An unencrypted value is a problem, and is not printed.
 */
function secretTexts(
  stage: StageName,
  map: SecretMap,
  value: unknown,
): { readonly texts: unknown; readonly problems: readonly Problem[] } {
  const path = `${stageFile(stage)}: hive:${map}`;
  if (isEncrypted(value)) {
    return {
      texts: {},
      problems: [
        {
          path,
          value: "(encrypted)",
          message: "is encrypted as a whole, so that commands cannot read the names",
          remedy: `set each value by itself: ${setSecretCommand(stage, "<name>", map)}`,
        },
      ],
    };
  }
  if (!isMap(value)) return { texts: value, problems: [] };
  return {
    texts: Object.fromEntries(Object.keys(value).map((name) => [name, "(encrypted)"])),
    problems: Object.entries(value)
      .filter(([, secret]) => !isEncrypted(secret))
      .map(([name]) => ({
        path: `${path}.${name}`,
        message: "is unencrypted in a file that others can read",
        remedy: `consider it compromised, and set a new one: ${setSecretCommand(stage, name, map)}`,
      })),
  };
}

/** The text in which Pulumi passes this value to a program. */
function rawText(value: unknown): string {
  if (value instanceof Date) return timeText(value);
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** A time in the form of Go's `time.Time`, which is what Pulumi makes of one without quotes. */
function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}

function isEncrypted(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refused(name: StageName, problem: Problem): FaultyStage {
  return { name, problems: [problem] };
}
