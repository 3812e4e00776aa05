import { runInNewContext } from "node:vm";
import { InventoryError } from "../../../model/problem/problems";
import { planStack } from "../../../model/plan-site";
import { rawStage } from "./plans";
import type { LooseSite } from "./problems-of";

/** Does what remedies say, as a user who copies them, and nothing else. */

/** What a user sees of one problem. */
export interface Told {
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

/** The problems of a site on the private stage. */
export function told(site: LooseSite): readonly Told[] {
  try {
    planStack({
      stackName: "private",
      config: rawStage,
      site: { name: "hive.example", ...site },
    });
  } catch (error) {
    if (error instanceof InventoryError) return error.problems;
    throw error;
  }
  return [];
}

type Values = Record<PropertyKey, unknown>;

/**
 * The site after every remedy was copied, again and again until nothing is left to do or a problem
 * comes twice. A remedy that has no code and does not begin with "remove it" cannot be copied; its
 * problem stays.
 */
export function mended(site: LooseSite): LooseSite {
  let current = structuredClone(site) as Values;
  for (let round = 0; round < 5; round++) {
    const problems = told(current);
    if (problems.length === 0) break;
    const next = structuredClone(current);
    // From behind, so that the numbers of a list's items stay true while items are replaced.
    for (const problem of [...problems].reverse()) copy(problem, next);
    current = next;
  }
  return current;
}

function copy({ path, remedy }: Told, site: Values): void {
  const steps = stepsOf(path.split(": ").slice(1).join(": "));
  const last = steps.at(-1) ?? "";
  const parent = steps.slice(0, -1).reduce<unknown>((value, step) => (value as Values)[step], site);
  const code = /^write `([^`]*)`/.exec(remedy)?.[1];
  if (code === undefined) {
    if (remedy.startsWith("remove it")) delete (parent as Values)[last];
    return;
  }
  if (Array.isArray(parent)) {
    parent.splice(Number(last), 1, ...(evaluated(`[${code}]`) as unknown[]));
  } else if (/^"[^"]*"$/.test(code)) {
    // Another name for the same thing.
    const values = parent as Values;
    values[evaluated(code) as string] = values[last];
    delete values[last];
  } else if (code.startsWith("{")) {
    (parent as Values)[last] = evaluated(`(${code})`);
  } else {
    delete (parent as Values)[last];
    Object.assign(parent as Values, evaluated(`({ ${code} })`));
  }
  const forSite = /, and `([^`]*)` in site\/site\.ts/.exec(remedy)?.[1];
  if (forSite === undefined) return;
  for (const [part, entries] of Object.entries(evaluated(`({ ${forSite} })`) as Values)) {
    site[part] = { ...(site[part] as Values), ...(entries as Values) };
  }
}

function evaluated(code: string): unknown {
  const script = code.replaceAll(" as Record<string, string>", "");
  const value: unknown = runInNewContext(script, {
    process: { env: { FROM_SHELL: "x" } },
    parseEnv: () => ({ FROM_FILE: "1" }),
    readFileSync: () => "",
  });
  // Into this realm, where a map is a map.
  return JSON.parse(JSON.stringify(value));
}

/**
 * `services.web.ports[0].published` as steps. A name of the site's parts, of a variable, a label or
 * an option may have dots.
 */
function stepsOf(path: string): readonly (string | number)[] {
  const free =
    /^(services\.[^.]+\.(?:environment|labels|hosts|sysctls|logging\.options)|configs)\.(.+)$/.exec(
      path,
    );
  if (free !== null) return [...(free[1] ?? "").split("."), free[2] ?? ""];
  return [...path.matchAll(/\[([0-9]+)\]|([^.[\]]+)/g)].map(([, index, name = ""]) =>
    index === undefined ? name : Number(index),
  );
}
