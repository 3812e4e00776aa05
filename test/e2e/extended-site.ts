import type { TestStage } from "./test-stage";

/** Services and what they use, as TypeScript text of an object each. */
export interface Extension {
  readonly images?: string;
  readonly secrets?: string;
  readonly configs?: string;
  readonly networks?: string;
  readonly volumes?: string;
  readonly services: string;
}

const original = "site/example-site.ts";

/**
 * Adds to the copy's site, as a user would who edits `site/site.ts`; what an earlier call added is
 * gone.
 */
export function extendSite(stage: TestStage, extension: Extension): void {
  const example = exampleSite(stage);
  stage.write(original, example);
  const parts = Object.entries(extension)
    .map(([part, text]) => `  ${part}: { ...example.${part}, ...${text} },\n`)
    .join("");
  stage.write(
    "site/site.ts",
    `import { defineSite } from "../model/site";\nimport { site as example } from "./example-site";\n\n` +
      `export const site = defineSite({\n  ...example,\n${parts}});\n`,
  );
}

/** The copy's site as it is in the project. */
export function restoreSite(stage: TestStage): void {
  const example = exampleSite(stage);
  stage.write("site/site.ts", example);
  stage.write(original, undefined);
}

function exampleSite(stage: TestStage): string {
  const text = stage.read("site/site.ts");
  return text.includes("./example-site") ? stage.read(original) : text;
}
