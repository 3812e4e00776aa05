import { plainText } from "./code-text";
import { isMap, type PastedPlace, type Rewrite } from "./foreign-key";
import { hiveDuration, hiveNumber, hiveSize } from "./quantities";
import { shownValue } from "./shown-text";

/** The key `deploy` of Compose: its keys are keys of the service here. */

/** All of `deploy` as keys of a service. */
export function hiveDeploy(value: unknown, { beside }: PastedPlace): Rewrite | undefined {
  if (!isMap(value)) return undefined;
  const labels = labelsOf(value["labels"]);
  return {
    write: withoutUndefined({
      mode: modeOf(value),
      endpointMode: value["endpoint_mode"],
      labels,
      // Beside `deploy`, Compose's own labels are those of containers.
      containerLabels: labels === undefined ? undefined : labelsOf(beside["labels"]),
      placement: placementOf(value["placement"]),
      resources: resourcesOf(value["resources"]),
      restart: restartOf(value["restart_policy"]),
      update: policyOf(value["update_config"]),
      rollback: policyOf(value["rollback_config"]),
    }),
    notes: [
      ...(value["mode"] === "global-job"
        ? [
            "a Swarm service here cannot be a job on every server: give the job a schedule, or let a service run on every server",
          ]
        : []),
      ...(holdsDevices(value["resources"])
        ? [
            "a Swarm service here cannot reserve devices such as a GPU: keep it to servers that have one, with placement",
          ]
        : []),
    ],
  };
}

/** How many tasks: `mode` and `replicas`, as Compose and hive-builder have them. */
export function modeOf({ mode, replicas }: Readonly<Record<string, unknown>>): unknown {
  const count = hiveNumber(replicas);
  if (mode === "global" || mode === "global-job") return "global";
  if (mode === "replicated-job") return { job: {} };
  return count === undefined ? undefined : { replicas: count };
}

function labelsOf(value: unknown): unknown {
  const pairs = Array.isArray(value)
    ? value.map((text) => {
        const [, name = "", rest = ""] = /^([^=]+)=?([^]*)$/.exec(plainText(text)) ?? [];
        return [name, rest] as const;
      })
    : isMap(value)
      ? Object.entries(value)
      : [];
  return pairs.length === 0
    ? undefined
    : Object.fromEntries(pairs.map(([name, each]) => [name, shownValue(name, plainText(each))]));
}

/** Where tasks run. */
export function placementOf(value: unknown): unknown {
  if (!isMap(value)) return undefined;
  const { constraints, preferences, max_replicas_per_node: most } = value;
  return orUndefined({
    constraints: Array.isArray(constraints) ? constraints.map(plainText).map(spaced) : undefined,
    spread: Array.isArray(preferences)
      ? preferences.flatMap((each) =>
          isMap(each) && each["spread"] !== undefined ? [each["spread"]] : [],
        )
      : undefined,
    maxReplicasPerHost: hiveNumber(most),
  });
}

function spaced(constraint: string): string {
  return constraint.replace(/\s*(==|!=)\s*/, " $1 ");
}

/** Limits and reservations. */
export function resourcesOf(value: unknown): unknown {
  if (!isMap(value)) return undefined;
  const { limits, reservations } = value;
  return orUndefined({
    limits: amountsOf(limits, true),
    reservations: amountsOf(reservations, false),
  });
}

function amountsOf(value: unknown, isLimit: boolean): unknown {
  if (!isMap(value)) return undefined;
  return orUndefined({
    cpus: hiveNumber(value["cpus"]),
    memory: hiveSize(value["memory"]),
    pids: isLimit ? hiveNumber(value["pids"]) : undefined,
  });
}

function holdsDevices(value: unknown): boolean {
  const reservations = isMap(value) ? value["reservations"] : undefined;
  return isMap(reservations) && ("devices" in reservations || "generic_resources" in reservations);
}

/** When tasks are restarted: `restart_policy` of Compose, `restart_config` of hive-builder. */
export function restartOf(value: unknown): unknown {
  if (!isMap(value)) return undefined;
  return orUndefined({
    condition: value["condition"],
    delay: hiveDuration(value["delay"]),
    maxAttempts: hiveNumber(value["max_attempts"]),
    window: hiveDuration(value["window"]),
  });
}

/** How tasks are changed: `update_config`, `rollback_config`. */
export function policyOf(value: unknown): unknown {
  if (!isMap(value)) return undefined;
  return orUndefined({
    order: value["order"],
    parallelism: hiveNumber(value["parallelism"]),
    delay: hiveDuration(value["delay"]),
    monitor: hiveDuration(value["monitor"]),
    maxFailureRatio: hiveNumber(value["max_failure_ratio"]),
    onFailure: value["failure_action"],
  });
}

function withoutUndefined(
  map: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}

function orUndefined(map: Readonly<Record<string, unknown>>): unknown {
  const kept = withoutUndefined(map);
  return Object.keys(kept).length === 0 ? undefined : kept;
}
