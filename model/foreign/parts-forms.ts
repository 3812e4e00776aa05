import { compose, type FormReader, isMap } from "./foreign-key";
import { nameFault, hiveName } from "./hive-name";
import { driverVolume } from "./compose";

/** Forms in Compose files for the parts that a site declares. */

/** `networks: { back: null }`: in YAML, a key with nothing after it. */
export const networkForm: FormReader = (value) =>
  value === null ? { message: "has no value", becomes: {}, system: compose } : undefined;

/**
 * `volumes: { data: null }`, `volumes: { data: { driver: "local" } }`, and volumes of a driver of
 * Compose.
 */
export const volumeForm: FormReader = (value) => {
  const isDriver = isMap(value) && typeof value["driver"] === "string";
  if (value !== null && !isDriver) return undefined;
  const becomes = isDriver
    ? driverVolume(value["driver"], value["driver_opts"]).write
    : { local: {} };
  return {
    message:
      value === null
        ? "has no value"
        : "is written as in Compose; here the kind of a volume is its key",
    becomes,
    notes:
      "local" in becomes
        ? [
            'or `{ replicated: { size: "1GiB" } }`, for data that follow their task to another server',
          ]
        : [],
    covers: ["driver", "driver_opts", "labels", "name"],
  };
};

/**
 * A name with characters that are not allowed here.
 *
 * @param longest - characters; a longer name is a problem of another kind
 * @param note - further tasks in the places that use the name
 */
export const nameForm =
  (longest: number, note?: (name: string, here: string) => string): FormReader =>
  (value) => {
    if (typeof value !== "string" || value.length > longest) return undefined;
    const fault = nameFault(value);
    const here = hiveName(value);
    return fault === undefined || here === undefined
      ? undefined
      : {
          message: `${fault}, and a name is lower-case letters, digits and hyphens`,
          becomes: here,
          ...(note === undefined ? {} : { notes: [note(value, here)] }),
        };
  };

/** Keeps the old file name of a secret, although it is not a valid name here. */
export function secretNameNote(name: string, here: string): string {
  return `a service finds it under the old name with \`secrets: [{ secret: "${here}", target: "${name}" }]\``;
}

/**
 * A reference to a volume of the site: the path of a folder of the project, or a name with
 * characters that are not allowed here.
 */
export const sourceForm: FormReader = (value) => {
  if (typeof value !== "string" || /[/~]/.test(value)) return undefined;
  const form = nameForm(63)(value, { name: "", key: "", beside: {} });
  return (
    form && { ...form, notes: ["also where the volume is declared, in volumes of site/site.ts"] }
  );
};
