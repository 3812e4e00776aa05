import fc from "fast-check";
import { planStack } from "../../../model/plan-site";
import { InventoryError } from "../../../model/problem/problems";
import type { Site } from "../../../model/site";
import { rawStage } from "./plans";
import { sites, stageSecretsOf } from "./sites";

/** Plans, and gives back the error's text; any other error than the one for users is thrown. */
function planned(site: unknown, secrets: Readonly<Record<string, string>> = {}): string {
  try {
    planStack({
      stackName: "private",
      config: {
        ...rawStage,
        "hive:secrets": JSON.stringify(secrets),
      },
      site: site as Site,
    });
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    for (const problem of error.problems) {
      expect(problem.path).toMatch(/^(site\/|Pulumi\.private\.yaml: )/);
      expect(problem.message).not.toBe("");
      expect(problem.remedy).not.toBe("");
    }
    return error.message;
  }
  return "";
}

/** All places inside a value, as lists of keys. */
function places(value: unknown, at: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [[...at]];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    places(each, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return [[...at], ...inner];
}

/** A copy of a value with another one at a place. */
function replaced(value: unknown, place: readonly (string | number)[], by: unknown): unknown {
  const [step, ...rest] = place;
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((each: unknown, index) => (index === step ? replaced(each, rest, by) : each));
  }
  const map = value as Record<string, unknown>;
  return { ...map, [step]: replaced(map[step], rest, by) };
}

const circle: { inner?: unknown } = {};
circle.inner = circle;

const junk = fc.oneof(
  fc.anything({
    maxDepth: 2,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
  }),
  fc.constantFrom<unknown>(
    () => "a function",
    Symbol("s"),
    circle,
    null,
    undefined,
    "",
    -1,
    1.5,
    [],
    {},
    [[]],
    true,
    "default",
    "web",
    "/",
  ),
);

test("whatever stands somewhere in a site, the answer is a plan or a list of problems", () => {
  fc.assert(
    fc.property(sites, fc.nat(), junk, (site, choice, value) => {
      const all = places(site).filter((place) => place.length > 0);
      const place = all[choice % all.length] ?? [];
      planned(replaced(site, place, value), stageSecretsOf(site));
    }),
    { numRuns: 300 },
  );
});

test("whatever stands in a whole part of a site", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("name", "images", "networks", "volumes", "secrets", "configs", "services"),
      fc.oneof(junk, fc.dictionary(fc.string(), junk, { maxKeys: 3 })),
      (part, value) => {
        planned({ name: "hive.example", [part]: value });
      },
    ),
    { numRuns: 300 },
  );
});

test("a service without a value whose name means something in a pattern", () => {
  for (const name of ["(", "a+", "[", "x|y", "\\"]) {
    planned({ name: "hive.example", services: { [name]: undefined } });
  }
});

test("a key that does not exist is a problem at every depth", () => {
  fc.assert(
    fc.property(sites, fc.nat(), (site, choice) => {
      // Free maps take any key: those of names, labels and variables.
      const free = new Set([
        "environment",
        "images",
        "networks",
        "volumes",
        "secrets",
        "configs",
        "services",
        "options",
      ]);
      const maps = places(site).filter((place) => {
        const value = place.reduce<unknown>(
          (at, key) => (at as Record<string, unknown>)[key],
          site,
        );
        const last = place.at(-1);
        const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
        return isMap && !(typeof last === "string" && free.has(last));
      });
      const place = maps[choice % maps.length] ?? [];
      const text = planned(replaced(site, [...place, "nonsense"], 1), stageSecretsOf(site));
      expect(text).toContain(
        ".nonsense\n  problem: there is no such key".slice(place.length === 0 ? 1 : 0),
      );
    }),
    { numRuns: 100 },
  );
});
