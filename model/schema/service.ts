import { z } from "zod";
import { composeService } from "../foreign/compose";
import { builderService } from "../foreign/hive-builder";
import type { Service } from "../inventory";
import { concepts, type ServiceShape, together } from "../service/concepts";

const shape: ServiceShape = together(concepts.map(({ schema }) => schema));

/** Schema of {@link Service}: the schemas of all concepts together. */
export const serviceSchema = z
  .strictObject(shape satisfies Record<keyof Service, z.ZodType>)
  .meta({ foreignKeys: [builderService, composeService] });
