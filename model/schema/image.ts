import { z } from "zod";
import { environmentForm, textForm } from "../foreign/text-forms";
import type { Image, ImagePull } from "../inventory";
import { stageNames } from "../values/names";
import { environmentName, projectPath, reference } from "./values";

const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const domain = "(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]+)?/)?";

/**
 * A reference to an image: registry, name, tag, digest (github.com/distribution/reference,
 * `regexp.go`).
 */
export const imageReference = z
  .string()
  .regex(
    new RegExp(
      `^${domain}${component}(?:/${component})*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[a-f0-9]{64})?$`,
    ),
    "is not an image reference",
  )
  .refine(
    (text) => text.replace(/@.*$/, "").replace(/:[^/]*$/, "").length <= 255,
    "has a name of more than 255 characters, which registries refuse",
  );

/** The stages to which something applies. */
export const stageList = z.array(z.enum(stageNames)).min(1);

const pull = z.strictObject({
  on: stageList.meta({ write: `write a list of ${stageNames.join(", ")}` }),
  from: imageReference
    .refine((text) => text.includes("@sha256:"), "has no digest: a tag can move")
    .meta({
      takes: "an image reference with a digest",
      write: 'write a reference by digest, e.g. "registry.example:5000/portal@sha256:…"',
    }),
} satisfies Record<keyof ImagePull, z.ZodType>);

/** Schema of {@link Image}. */
export const imageSchema = z.strictObject({
  context: projectPath
    .optional()
    .meta({ write: "write a folder relative to the project's root, e.g. site/images/portal" }),
  buildArguments: z
    .record(environmentName, z.string().meta({ foreignForm: textForm }))
    .optional()
    .meta({ foreignForm: environmentForm }),
  target: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "is not the name of a stage of a Dockerfile")
    .optional()
    .meta({ write: "write the name after AS in a FROM line of the Dockerfile" }),
  buildSecrets: z.array(reference).optional(),
  pull: pull.optional(),
} satisfies Record<keyof Image, z.ZodType>);
