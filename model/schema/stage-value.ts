import { keyText } from "../foreign/code-text";
import { z } from "zod";
import type { StageValue, ValueContents } from "../inventory";
import { isMap } from "../foreign/foreign-key";
import type { Problem } from "../problem/problems";
import { isStageValue } from "../stage-values";
import { check } from "./check";
import { sitePath } from "./check-site";

const contents: Readonly<Record<keyof ValueContents, z.ZodType>> = {
  string: z.string(),
  number: z.number(),
  boolean: z.boolean(),
  list: z.array(z.string()),
};

/** Schema of `ValueDeclaration`; the type decides the possible defaults. */
function declarationSchema(type: unknown): z.ZodType {
  const content =
    typeof type === "string" && type in contents ? contents[type as never] : z.unknown();
  return z
    .strictObject({
      type: z.enum(Object.keys(contents) as [keyof ValueContents]),
      description: z.string().min(1),
      default: (content as z.ZodType).optional(),
    } satisfies Record<keyof StageValue["declaration"], z.ZodType>)
    .meta({ write: 'write { type: "number", default: 2, description: "…" }' });
}

/** The problem of a site's declared value. */
export function declarationProblems(name: string, value: unknown): readonly Problem[] {
  const locate = (path: readonly PropertyKey[]): string => sitePath(["values", name, ...path]);
  if (!isStageValue(value)) {
    return [
      {
        path: locate([]),
        message: "is not declared with stageValues",
        remedy: `write const values = stageValues({ ${keyText(name)}: { type: "string", description: "…" } }), and values here`,
      },
    ];
  }
  if (!/^[a-z][a-z0-9_-]*$/i.test(name)) {
    return [
      {
        path: locate([]),
        message: "is not a name for a value",
        remedy: "write a letter, then letters, digits, - and _, e.g. webReplicas",
      },
    ];
  }
  const { declaration } = value;
  if (isMap(declaration) && "secret" in declaration) {
    return [
      {
        path: locate(["secret"]),
        message: "values are readable for everybody in the plan, in the state and in services",
        remedy: `remove it, and declare a secret of the site whose value comes from the stage: secrets: { "${name.toLowerCase()}": { fromStage: true } }`,
      },
    ];
  }
  const type: unknown = isMap(declaration) ? declaration["type"] : undefined;
  const checked = check(declarationSchema(type), declaration, { locate });
  return checked.ok ? [] : checked.problems;
}
