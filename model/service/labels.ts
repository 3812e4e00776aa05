import { z } from "zod";
import { labelTextForm, recordForm } from "../foreign/text-forms";
import { endedRunLabel, lastRunLabel, scheduleLabel, siteLabel } from "../swarm/labels";
import { sortedRecord } from "../values/text-order";
import type { SwarmConcept } from "./concept";

/** Labels of a service and of its containers. */

/** Labels in the plan. */
export interface LabelsPlan {
  readonly labels: Readonly<Record<string, string>>;
  readonly containerLabels: Readonly<Record<string, string>>;
}

const record = z.record(
  z
    .string()
    .refine(
      (key) => key !== "" && !key.startsWith("hive."),
      "labels that begin with hive. are reserved for hive",
    ),
  z.string().meta({ foreignForm: labelTextForm }),
);

const schema = {
  labels: record.optional().meta({ foreignForm: recordForm }),
  containerLabels: record.optional().meta({ foreignForm: recordForm }),
};

/** The concept; see `concepts.ts`. Hive's own labels of a service are written by `to-engine.ts`. */
export const labels: SwarmConcept<typeof schema, LabelsPlan> = {
  schema,
  plan: (service) => ({
    labels: sortedRecord(service.labels ?? {}),
    containerLabels: sortedRecord(service.containerLabels ?? {}),
  }),
  fields: { labels: "nothing", containerLabels: "tasks" },
  normalize: (spec) => ({ labels: spec.labels, containerLabels: spec.containerLabels }),
  toEngine: (spec) => ({
    service: { Labels: spec.labels },
    container: { Labels: spec.containerLabels },
  }),
  fromEngine: (engine) => ({
    labels: Object.fromEntries(
      Object.entries(engine.Labels ?? {}).filter(
        ([label]) => ![siteLabel, scheduleLabel, lastRunLabel, endedRunLabel].includes(label),
      ),
    ),
    containerLabels: engine.TaskTemplate.ContainerSpec.Labels ?? {},
  }),
};
