import { isDeepStrictEqual } from "node:util";

import { z } from "zod";

import { planService } from "../../../../model/planning/plan-service";
import { unwrapped } from "../../../../model/schema/text";
import { concepts, fieldNames, type SpecField } from "../../../../model/service/concepts";
import type { ServiceSpec } from "../../../../model/service/spec";

const context = { hosts: {}, replicatedVolumes: new Set<string>() };
const image = "docker.io/library/web:1";
const bare = planService("web", { image }, context);

/** An attribute that is on or off. */
export interface Switch {
  readonly attribute: string;
  /** The field of the plan that the attribute decides. */
  readonly field: SpecField;
  /** That field where the attribute is on. */
  readonly on: Partial<ServiceSpec>;
}

/**
 * All of them that the Swarm knows, found by the schema: a new one is in every test that uses
 * these.
 */
export const switches: readonly Switch[] = concepts
  .filter((concept) => "toEngine" in concept)
  .flatMap(({ schema }) => Object.entries<z.ZodType>(schema))
  .filter(([, schema]) => unwrapped(schema) instanceof z.ZodBoolean)
  .map(([attribute]) => {
    const plan: object = planService("web", { image, [attribute]: true }, context);
    const planned = plan as ServiceSpec;
    const [field, ...others] = fieldNames.filter(
      (name) => !isDeepStrictEqual(planned[name], (bare as object as ServiceSpec)[name]),
    );
    if (field === undefined || others.length > 0) {
      throw new Error(`The attribute ${attribute} does not decide one field of the plan.`);
    }
    return { attribute, field, on: { [field]: planned[field] } };
  });
