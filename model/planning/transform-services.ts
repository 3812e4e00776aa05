import type { Service, ServiceTransformContext, Transform } from "../inventory";
import type { StageName } from "../plan";
import { type Problem, printableValue } from "../problem/problems";
import { runsOn, serviceFormProblems, servicePath } from "../schema/check-site";
import { sameValue } from "../values/same-value";
import { compareText } from "../values/text-order";
import { askTransform, transformPath } from "./ask-transform";
import type { Fill } from "./fill-values";

/** The services of a site as its transform wants them. */
export interface TransformedServices {
  /**
   * In the order of the argument. Missing are those of which the transform returned something that
   * is no service.
   */
  readonly services: ReadonlyMap<string, Service>;
  readonly problems: readonly Problem[];
  /** A problem of a service, with the transform where that has written what is wrong. */
  readonly explained: (problem: Problem) => Problem;
}

/**
 * Asks the site's transform about each service that the stage runs. A service that it returns as it
 * was stays the very same.
 *
 * @param services those whose form is right
 */
export function transformServices(
  services: ReadonlyMap<string, Service>,
  stage: StageName,
  transform: Transform["service"],
  fill: Fill,
): TransformedServices {
  if (transform === undefined) return { services, problems: [], explained: (problem) => problem };
  const kept = new Map<string, Service>();
  const problems: Problem[] = [];
  const changed: string[] = [];
  for (const [name, service] of services) {
    const found = runsOn(service, stage)
      ? transformService(service, { stage, name }, transform, fill)
      : service;
    if (Array.isArray(found)) {
      problems.push(...(found as readonly Problem[]));
      continue;
    }
    const wanted = found as Service;
    kept.set(name, wanted);
    changed.push(...changedFields(service, wanted).map((field) => servicePath(name, [field])));
  }
  return { services: kept, problems, explained: (problem) => explained(problem, changed) };
}

/** The service that the transform wants, or what is wrong with that. */
function transformService(
  service: Service,
  context: ServiceTransformContext,
  transform: NonNullable<Transform["service"]>,
  fill: Fill,
): Service | readonly Problem[] {
  const { name } = context;
  const answer = askTransform("service", transform, service, context, fill);
  if (answer.problem !== undefined) return [answer.problem];
  const returned = answer.returned as Service;
  if (sameValue(returned, service)) return service;
  const locate = (path: readonly PropertyKey[]): string => transformPath("service", name, path);
  const problems = serviceFormProblems(name, returned, locate);
  if (problems.length > 0) return problems;
  return sameValue(returned.availableOn, service.availableOn)
    ? returned
    : [
        {
          path: locate(["availableOn"]),
          value: printableValue(returned.availableOn) ?? "nothing",
          message:
            "decides which stages run the service, and the transform is asked about those that run it",
          remedy: `leave it as it is in transform.service; write it in ${servicePath(name, ["availableOn"])}`,
        },
      ];
}

function changedFields(before: Service, after: Service): readonly (keyof Service)[] {
  if (before === after) return [];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Service)[];
  return fields
    .filter((field) => !sameValue(before[field], after[field]))
    .sort((left, right) => compareText(left, right));
}

function explained(problem: Problem, changed: readonly string[]): Problem {
  const isOfTransform = changed.some(
    (place) =>
      problem.path === place ||
      problem.path.startsWith(`${place}.`) ||
      problem.path.startsWith(`${place}[`),
  );
  return isOfTransform
    ? { ...problem, message: `${problem.message} (as transform.service of the site returned it)` }
    : problem;
}
